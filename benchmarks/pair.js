// This build against that of another checkout, such as the state before a change: the same arrays, the same calls, by turns in one
// process, so that what else the machine does hits both.
//
//   npm run bench:pair -- ../before
//   npm run bench:pair -- ../before --backend native --instruction-set sse2 --only forward
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { CASES } from "./pair/cases.js";
import * as product from "./product.js";
import { byTurns, median, ratio } from "./timing.js";

/** @typedef {typeof product} Product */

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: "string", default: product.backend.name },
    "instruction-set": { type: "string" },
    only: { type: "string", default: "" },
    milliseconds: { type: "string", default: "300" },
    "at-most": { type: "string", default: "1.02" },
  },
});
const [folder] = positionals;
if (folder === undefined) throw new Error("name the folder of the other checkout, set up as this one is");

const atMost = Number(options["at-most"]);
const milliseconds = Number(options.milliseconds);
/** Measured again so many times where it is above, since one bad minute must not look like a fault. */
const TRIES = 4;

const other = /** @type {Product} */ (
  await import(pathToFileURL(join(resolve(folder), "dist/index.js")).href)
);

/** @param {Product} from */
function backendOf(from) {
  const instructionSet = options["instruction-set"];
  const name = /** @type {product.BackendName} */ (options.backend);
  return from.createBackend(name, { threads: 1, ...(instructionSet && { instructionSet }) });
}

const [before, now] = [backendOf(other), backendOf(product)];
console.log(`${now.name} ${now.instructionSet}, nanoseconds a call before and now, medians by turns`);

/** @param {{ before: () => number, now: () => number }} contenders */
function measure(contenders) {
  const a = byTurns({ before: contenders.before, now: contenders.now }, milliseconds / 2);
  // The other way round: what is called first in a round finds other caches.
  const b = byTurns({ now: contenders.now, before: contenders.before }, milliseconds / 2);
  const samples = { before: [...a.before, ...b.before], now: [...a.now, ...b.now] };
  return {
    before: median(samples.before),
    now: median(samples.now),
    ratio: ratio(samples.now, samples.before),
  };
}

let above = 0;
for (const [what, prepare] of CASES) {
  if (!what.includes(options.only)) continue;
  const contenders = prepare([
    { product: other, backend: before },
    { product, backend: now },
  ]);
  let best = measure(contenders);
  for (let i = 1; i < TRIES && best.ratio > atMost; i++) {
    const again = measure(contenders);
    if (again.ratio < best.ratio) best = again;
  }
  if (best.ratio > atMost) above++;
  console.log(
    `${what.padEnd(46)} ${best.before.toFixed(1).padStart(12)} ${best.now.toFixed(1).padStart(12)}  ` +
      `${best.ratio.toFixed(3)}${best.ratio > atMost ? "  above" : ""}`,
  );
}
console.log(
  above === 0 ? `every row at most ${atMost} of before` : `${above} rows above ${atMost} of before`,
);
process.exitCode = above === 0 ? 0 : 1;
