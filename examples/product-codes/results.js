// Results of runs, one file each in results/, so that a row is run once.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { arch, cpus } from "node:os";
import { fileURLToPath } from "node:url";

const folder = (/** @type {string} */ run) => fileURLToPath(new URL(`results/${run}/`, import.meta.url));

/** @typedef {{ head: string, seed: number, epochs: number, roundEvery: number, classScale?: boolean, start?: string }} RowSettings */
/** @typedef {Record<string, number | number[]>} Result */
/**
 * `seconds` on the clock and `processorSeconds` of work: the first counts what else the machine does.
 * @typedef {{ settings: RowSettings, result: Result, seconds: number, processorSeconds: number, machine: string }} Row
 */

export const machine = () => `${cpus()[0]?.model ?? "unknown"} (${arch()}), Node ${process.versions.node}`;

/** @param {RowSettings} settings */
export function rowName({ head, seed, epochs, roundEvery, classScale, start = "random" }) {
  const parts = [head.replaceAll(":", "-").replaceAll(",", "+"), `${epochs}-epochs`];
  if (roundEvery !== 1) parts.push(`every-${roundEvery}`);
  if (classScale) parts.push("class-scale");
  if (start !== "random") parts.push(`from-${start}`);
  return [...parts, `seed-${seed}`].join(".");
}

/**
 * @param {string} run
 * @param {RowSettings} settings
 * @returns {Row | undefined}
 */
export function findRow(run, settings) {
  const path = `${folder(run)}${rowName(settings)}.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/**
 * @param {string} run
 * @param {Row} row
 */
export function keepRow(run, row) {
  const path = `${folder(run)}${rowName(row.settings)}.json`;
  mkdirSync(folder(run), { recursive: true });
  // Half a file would count as a row.
  writeFileSync(`${path}.part`, `${JSON.stringify(row, null, 2)}\n`);
  renameSync(`${path}.part`, path);
}

/**
 * @param {string} run
 * @returns {Row[]}
 */
export function rowsOf(run) {
  if (!existsSync(folder(run))) return [];
  return readdirSync(folder(run))
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(folder(run) + name, "utf8")));
}
