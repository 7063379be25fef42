// Whether threads would pay on WebAssembly: `npm run bench:wasm-threads -- --help`.
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { CHROMIUM, visit } from "../../scripts/runtimes/visit.js";
import { describeMachine, machine, printTable } from "../report.js";
import { measureCases } from "./measure.js";
import { host } from "./node.js";
import { servePage } from "./serve.js";

/** @import { Row } from "./measure.js" */

/** What each column is, by the name of what was measured. */
const COLUMNS = {
  shared: "shared arrays",
  staged: "own arrays, copied",
  asleep: "and woken up",
  messages: "half by message",
  own: "each its own batches",
  workers: "2 workers, whole batches",
};

/** @type {{ seconds: string, only: string, browser: boolean }} */
const { seconds, only, browser } = new Command("npm run bench:wasm-threads --")
  .description(
    "Batches on WebAssembly by two threads against one, in Node.js and in a page of Chromium: how many times as fast. It takes two idle cores: where the fifth figure is below 1.9, they were not.",
  )
  .option("--seconds <number>", "time for each row", "4")
  .option("--only <operation>", "forward, topK, lossAndGradient or fwht", "")
  .option("--no-browser", "Node.js only")
  .parse()
  .opts();

if (availableParallelism() < 2) throw new Error("two threads need two processors, this machine has one");
console.log(describeMachine(machine()));

/** @param {(take: (row: Row) => void) => Promise<unknown>} run */
async function table(/** @type {string} */ where, run) {
  /** @type {Row[]} */
  const rows = [];
  await run((row) => {
    rows.push(row);
    if (process.stderr.isTTY) console.error(`measured in ${where}: ${row.what}`);
  });
  const names = /** @type {(keyof typeof COLUMNS)[]} */ (Object.keys(COLUMNS));
  printTable({
    title: `${where}: two threads, times as fast as one`,
    head: ["what", "one thread", ...Object.values(COLUMNS)],
    numbers: ["one thread", ...Object.values(COLUMNS)],
    rows: rows.map((row) => [
      row.what,
      `${row.one.toFixed(3)} ms`,
      ...names.map((name) => row[name].toFixed(2)),
    ]),
  });
}

await table(`Node ${process.versions.node}`, (take) => measureCases(host, Number(seconds), only, take));
const command = browser ? CHROMIUM.command() : null;
if (command !== null) {
  await table("Chromium", async (take) =>
    visit(command, CHROMIUM.args, await servePage({ seconds, only }, take)),
  );
} else if (browser) {
  console.log(`not measured in Chromium, which is not here: ${CHROMIUM.install}`);
}
process.exit();
