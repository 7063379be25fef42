// A process that runs some of the cases. It writes down which one it is at, so that the parent knows it even after a crash.
import { openSync, writeSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { loadBackends } from "./backends.js";
import { OPERATIONS, runCase } from "./case.js";

/** @import { Report } from "./case.js" */

/**
 * @typedef {object} Task
 * @property {number} seed
 * @property {number} first
 * @property {number} end
 * @property {string[]} backends
 * @property {string[]} operations
 * @property {string} progress a file for the index of the case that runs
 */

/**
 * @typedef {object} Done
 * @property {Record<string, number>} counts cases by operation
 * @property {(Report & { index: number, first: number }) | null} report with the case, and the first one of its process
 */

const TURN_AFTER = 64;

/** @type {Task} */
const task = JSON.parse(process.argv[2]);
const { backends } = loadBackends(task.backends);
const operations = OPERATIONS.filter(({ name }) => task.operations.includes(name));
const file = openSync(task.progress, "w");
const position = new Float64Array(1);

/** @type {Record<string, number>} */
const counts = {};
/** @type {Done["report"]} */
let found = null;
for (let index = task.first; index < task.end && found === null; index++) {
  position[0] = index;
  writeSync(file, position, 0, 8, 0);
  const { operation, report } = await runCase(task.seed, index, backends, operations);
  counts[operation] = (counts[operation] ?? 0) + 1;
  if (report !== null) found = { ...report, index, first: task.first };
  // Memory of the addon is given back between turns of the event loop.
  if (index % TURN_AFTER === 0) await turn();
}
process.send?.({ counts, report: found });
process.disconnect?.();
