// Runs cases in processes of their own, so that a crash and a hang are failures with an index as any other.
import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** @import { Done, Task } from "./child.js" */

const CHILD = fileURLToPath(new URL("child.js", import.meta.url));
const LOOK_EVERY = 1000;
/** A case takes less than a second. */
const HANGS_AFTER = 120_000;

/**
 * @typedef {object} Run
 * @property {Task} task
 * @property {Promise<Done>} done
 * @property {() => number} at index of the case that runs
 * @property {() => void} stop
 */

/**
 * @param {Task} task
 * @returns {Run}
 */
function start(task) {
  const child = fork(CHILD, [JSON.stringify(task)]);
  const at = () => {
    try {
      return readFileSync(task.progress).readDoubleLE();
    } catch {
      return task.first; // it has not come so far
    }
  };
  const done = new Promise((resolve) => {
    /** @type {Done | null} */
    let answer = null;
    /** @param {string} message */
    const fail = (message) => {
      const report = { operation: "?", backend: "?", shape: "{}", message, index: at(), first: task.first };
      resolve({ counts: {}, report });
    };
    const watch = watchFor(at, () => {
      child.kill("SIGKILL");
      fail(`the case has not ended after ${HANGS_AFTER / 1000} s`);
    });
    child.on("message", (message) => {
      answer = /** @type {Done} */ (message);
    });
    child.on("exit", (code, signal) => {
      clearInterval(watch);
      if (answer !== null) resolve(answer);
      else fail(`the process ended with ${signal ?? `exit code ${code}`}`);
    });
  });
  return { task, done, at, stop: () => child.kill() };
}

/**
 * @param {() => number} at
 * @param {() => void} tell when it has not moved for too long
 */
function watchFor(at, tell) {
  let [last, since] = [-1, Date.now()];
  return setInterval(() => {
    const now = at();
    if (now !== last) [last, since] = [now, Date.now()];
    else if (Date.now() - since > HANGS_AFTER) tell();
  }, LOOK_EVERY);
}

/**
 * Cuts the cases into as many stretches as there are processes. The first failure ends all.
 * @param {Omit<Task, "progress">} all
 * @param {number} jobs
 * @param {(cases: number) => void} tell how many cases have run so far
 * @returns {Promise<Done>}
 */
export async function runCases({ first, end, ...rest }, jobs, tell) {
  const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-fuzz-"));
  const length = Math.ceil((end - first) / jobs);
  const runs = Array.from({ length: jobs }, (_, i) => first + i * length)
    .filter((from) => from < end)
    .map((from, i) =>
      start({ ...rest, first: from, end: Math.min(from + length, end), progress: join(folder, String(i)) }),
    );
  const timer = setInterval(
    () => tell(runs.reduce((sum, { at, task }) => sum + at() - task.first, 0)),
    LOOK_EVERY,
  );
  /** @type {Done["report"]} */
  let found = null;
  /** @param {Done} result */
  const endAfterFailure = (result) => {
    if (result.report !== null && found === null) {
      // Those that are stopped now say nothing that counts.
      found = result.report;
      for (const { stop } of runs) stop();
    }
    return result;
  };
  try {
    const all = await Promise.all(runs.map(({ done }) => done.then(endAfterFailure)));
    /** @type {Record<string, number>} */
    const counts = {};
    for (const [name, count] of all.flatMap((result) => Object.entries(result.counts))) {
      counts[name] = (counts[name] ?? 0) + count;
    }
    return { counts, report: found };
  } finally {
    clearInterval(timer);
    rmSync(folder, { recursive: true, force: true });
  }
}
