import { arch, cpus, loadavg, platform } from "node:os";
import Table from "cli-table3";

/** @import { Result } from "./measure.js" */
/** @import { Limits } from "./targets/index.js" */
/** @import { MissingRow, Row } from "./targets/row.js" */

/**
 * A table; the columns named in `numbers` are aligned to the right.
 * @typedef {{ title: string, head: string[], numbers: string[], rows: (string | number)[][] }} PrintedTable
 */

/** What other programs did when this one started. */
const [LOAD] = loadavg();

export const machine = () => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: cpus().length,
  platform: `${platform()} ${arch()}`,
  node: process.version,
  loadAverage: LOAD,
});

/** @param {ReturnType<typeof machine>} machine */
export function describeMachine({ cpu, cores, platform, node, loadAverage }) {
  return `${cpu}, ${cores} cores, ${platform}, Node ${node}, load average ${loadAverage.toFixed(1)} at the start`;
}

/** @param {PrintedTable} table */
export function printTable({ title, head, numbers, rows }) {
  const table = new Table({
    head,
    colAligns: head.map((title) => (numbers.includes(title) ? "right" : "left")),
    // No lines between the rows.
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
  table.push(...rows);
  console.log(`\n${title}\n${table}`);
}

/** @param {number} perSecond */
const giga = (perSecond) => `${(perSecond / 1e9).toFixed(1)} G/s`;

/** @type {[title: string, of: (limits: Limits) => number | null][]} */
const PORTS = [
  ["additions", ({ additions }) => additions],
  ["on all pipes", ({ across }) => across],
  ["stages within", ({ within }) => within],
  ["loads", ({ loads }) => loads],
  ["stores", ({ stores }) => stores],
  ["loads and stores", ({ copies }) => copies],
];

/**
 * What the ports of this machine are capable of, for every instruction set and type.
 * @param {Limits[]} limits
 * @returns {PrintedTable}
 */
export function limitsTable(limits) {
  const numbers = ["elements", "additions a second", ...PORTS.map(([title]) => title)];
  return {
    title:
      "The limits: registers a cycle; additions, sums and differences by turns, registers through all stages within, loads, stores, pairs of both",
    head: ["instruction set", "type", ...numbers],
    numbers,
    rows: limits.map((limit) => [
      limit.instructionSet,
      limit.type,
      limit.width,
      giga(limit.additionsPerSecond),
      ...PORTS.map(([, of]) => of(limit)?.toFixed(2) ?? ""),
    ]),
  };
}

const FRACTIONS = ["of additions", "of ports", "of caches"];

/**
 * @param {(Row | MissingRow)[]} rows
 * @returns {PrintedTable}
 */
export function targetsTable(rows) {
  return {
    title: "Targets; of a range of sizes the one farthest from its target, then from lowest to highest",
    head: ["what", "measured", "value", "target", "met", "limit", "set by", ...FRACTIONS],
    numbers: ["value", "limit", ...FRACTIONS],
    rows: rows.map((row) => {
      if (row.missing !== undefined) return [row.what, row.missing, "", row.target, "", "", "", "", "", ""];
      const {
        what,
        measured,
        value,
        spread,
        unit,
        target,
        met,
        limit,
        bound,
        ofAdditions,
        ofPorts,
        ofCaches,
      } = row;
      return [
        what,
        measured,
        number(value, unit, spread),
        target,
        met === undefined ? "" : met ? "yes" : "no",
        limit ? giga(limit) : "",
        bound ?? "",
        ...[ofAdditions, ofPorts, ofCaches].map((fraction) => (fraction ? fraction.toFixed(2) : "")),
      ];
    }),
  };
}

/**
 * @param {number} value
 * @param {Row["unit"]} unit
 * @param {number[]} [spread] from lowest to highest
 */
function number(value, unit, spread) {
  if (unit === "ns") return duration(value);
  if (unit === "bytes") return megabytes(value);
  if (unit === "%") return `${value.toFixed(2)} %`;
  if (unit === "cosine") return String(Number(value.toFixed(5)));
  if (unit === "×") return `${value.toFixed(0)}×`;
  const range = spread === undefined ? "" : ` (${spread.map((bound) => bound.toFixed(2)).join(" … ")})`;
  return value.toFixed(2) + range;
}

/**
 * One case of Benchmark.js.
 * @param {string} title
 * @param {Result[]} results
 */
export function printCase(title, results) {
  const additions = results.some(({ additionsPerSecond }) => additionsPerSecond !== undefined);
  const numbers = ["calls/s", "time per call", "± %", ...(additions ? ["additions/s"] : []), "× js"];
  const rows = results.map((result) => [
    `${result.backend} ${result.instructionSet}`,
    Math.round(result.callsPerSecond).toLocaleString("en"),
    duration(result.nanoseconds),
    result.relativeMarginOfError.toFixed(1),
    ...(additions ? [`${((result.additionsPerSecond ?? 0) / 1e9).toFixed(2)} G`] : []),
    result.ratioToJs.toFixed(2),
  ]);
  printTable({ title, head: ["backend", ...numbers], numbers, rows });
}

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

/** @type {[unit: string, size: number][]} */
const UNITS = [
  ["ns", 1],
  ["µs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
];

/** @param {number} nanoseconds */
export function duration(nanoseconds) {
  const [unit, size] = UNITS.findLast(([, size]) => nanoseconds >= size) ?? UNITS[0];
  const value = nanoseconds / size;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}
