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

/** No lines between the rows. */
export function plainTable(head, numbers) {
  return new Table({
    head,
    colAligns: head.map((title) => (numbers.includes(title) ? "right" : "left")),
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
}

const giga = (perSecond) => `${(perSecond / 1e9).toFixed(1)} G/s`;

/** Additions per second that the instruction sets of this machine are capable of. */
export function printLimits(limits) {
  const columns = Object.keys(limits[0]).filter((name) => name !== "instructionSet");
  const table = plainTable(["limit", ...columns], columns);
  for (const limit of limits) table.push([limit.instructionSet, ...columns.map((type) => giga(limit[type]))]);
  console.log(`\nIndependent additions in registers\n${table}`);
}

/** The table of the targets. */
export function printTargets(rows) {
  const table = plainTable(["what", "measured", "value", "target", "met", "limit"], ["value", "limit"]);
  for (const { what, measured, value, spread, unit, target, met, limit, missing } of rows) {
    table.push(
      missing === undefined
        ? [what, measured, number(value, unit, spread), target, met ? "yes" : "no", limit ? giga(limit) : ""]
        : [what, missing, "", target, "", ""],
    );
  }
  console.log(
    `\nTargets; of a range of sizes the one farthest from its target, then from lowest to highest\n${table}`,
  );
}

function number(value, unit, spread) {
  if (unit === "ns") return `${value.toFixed(0)} ns`;
  if (unit === "×") return `${value.toFixed(0)}×`;
  const range = spread === undefined ? "" : ` (${spread.map((bound) => bound.toFixed(2)).join(" … ")})`;
  return value.toFixed(2) + range;
}

export function printCase(title, results) {
  const additions = results.some(({ additionsPerSecond }) => additionsPerSecond !== undefined);
  const numbers = ["calls/s", "time per call", "± %", ...(additions ? ["additions/s"] : []), "× js"];
  const table = plainTable(["backend", ...numbers], numbers);
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

export function duration(nanoseconds) {
  const [unit, size] = UNITS.findLast(([, size]) => nanoseconds >= size) ?? UNITS[0];
  const value = nanoseconds / size;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}
