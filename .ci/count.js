// Adds up Jest's reports and prints "N passed, N failed" on one line; fails if nothing passed.
import { readFileSync } from "node:fs";

const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")));
/** @param {string[]} keys of the sums in a report */
const total = (...keys) =>
  reports.reduce((sum, report) => sum + keys.reduce((part, key) => part + report[key], 0), 0);

const passed = total("numPassedTests");
// A file that does not load has no tests to count.
const failed = total("numFailedTests", "numRuntimeErrorTestSuites");
const skipped = total("numPendingTests", "numTodoTests");
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = passed === 0 || failed > 0 ? 1 : 0;
