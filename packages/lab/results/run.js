// `npm run results`: runs the rows that are not kept yet, and writes docs/results.md and docs/product-training.md from all that are.
import { Command } from "commander";
import { Unavailable } from "./fetch/unavailable.js";
import { findRow, keepRow } from "./kept.js";
import { writePage } from "./page.js";
import { writeProductTraining } from "./product-training.js";
import { Interrupted, runRow } from "./row.js";
import { ROWS } from "./sets.js";
import { VARIANT_ROWS } from "./variants.js";

/** @typedef {{ shared?: string, again: boolean, list: boolean, page: boolean }} Options */

const program = new Command("npm run results --")
  .description("Trains what docs/results.md and docs/product-training.md show, row by row, and writes them.")
  .argument("[rows...]", "rows, or sets of them: clinc150, mnist/product:8; without any, all")
  .option("--shared <folder>", "a folder with the data that may not be passed on")
  .option("--again", "runs rows again that are kept", false)
  .option("--list", "only tells what is kept and what is not", false)
  .option("--page", "only writes the pages", false)
  .allowExcessArguments(false)
  .parse();
const { shared, again, list, page } = /** @type {Options} */ (program.opts());

const ALL = [...ROWS, ...VARIANT_ROWS];
const rows = choose(program.args);
const skipped = new Map();
if (list) {
  for (const row of rows) console.log(`${findRow(row) === undefined ? "  not yet" : "     kept"}  ${row.id}`);
} else if (!page) {
  await runAll();
}
if (!list) {
  writePages();
  for (const [reason, ids] of skipped) console.log(`left out, ${reason}: ${ids.join(", ")}`);
  console.log("docs/results.md and docs/product-training.md are written");
}

function writePages() {
  writePage();
  writeProductTraining();
}

async function runAll() {
  for (const row of rows) {
    if (!again && findRow(row) !== undefined) continue;
    console.log(`\n== ${row.id}`);
    try {
      const kept = await runRow(row, { shared, again });
      keepRow(kept);
      writePages();
      console.log(`${row.id}: kept, ${Math.round(kept.seconds)} s`);
    } catch (error) {
      if (error instanceof Unavailable) {
        skipped.set(error.message, [...(skipped.get(error.message) ?? []), row.id]);
        continue;
      }
      console.error(`error: ${row.id}: ${/** @type {Error} */ (error).message}`);
      process.exitCode = 1;
      if (error instanceof Interrupted) {
        process.exitCode = 130;
        return;
      }
    }
  }
}

/** @param {string[]} names */
function choose(names) {
  const unknown = names.find((name) => !ALL.some(({ id, set }) => id === name || set.source.name === name));
  if (unknown !== undefined) {
    const known = [...new Set(ALL.map(({ set }) => set.source.name))].join(", ");
    program.error(
      `error: no row or set "${unknown}"; sets are ${known}, and a row is a set with a head: clinc150/product:8`,
    );
  }
  return ALL.filter(
    ({ id, set }) => names.length === 0 || names.includes(id) || names.includes(set.source.name),
  );
}
