import { arch, cpus, platform } from "node:os";
import Table from "cli-table3";

export const machine = () => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  platform: `${platform()} ${arch()}`,
  node: process.version,
});

export function describeMachine({ cpu, cores, platform, node }) {
  return `${cpu}, ${cores} cores, ${platform}, Node ${node}`;
}

export function printCase(title, results) {
  const additions = results.some(({ additionsPerSecond }) => additionsPerSecond !== undefined);
  const table = new Table({
    head: ["backend", "calls/s", "time per call", "± %", ...(additions ? ["additions/s"] : []), "× js"],
    colAligns: ["left", ...Array(additions ? 5 : 4).fill("right")],
    // No lines between the rows.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
  for (const result of results) {
    table.push([
      `${result.backend} ${result.instructionSet}`,
      Math.round(result.callsPerSecond).toLocaleString("en"),
      duration(result.nanoseconds),
      result.relativeMarginOfError.toFixed(1),
      ...(additions ? [`${(result.additionsPerSecond / 1e9).toFixed(2)} G`] : []),
      result.ratioToJs.toFixed(2),
    ]);
  }
  console.log(`\n${title}\n${table}`);
}

const UNITS = [
  ["ns", 1],
  ["µs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
];

function duration(nanoseconds) {
  const [unit, size] = UNITS.findLast(([, size]) => nanoseconds >= size) ?? UNITS[0];
  const value = nanoseconds / size;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}
