// Hashes the results of every operation, for every code and odd shapes, on every backend and instruction set of this machine, and
// compares them with scripts/bits/hashes.json. A change of structure must leave them all as they are; a change of numerics, which
// is one of docs/numerics.md first, records them anew.
//
//   npm run bits                compares
//   npm run bits -- --backend native    only this one, which has to load
//   npm run bits -- --record    writes the hashes of the plain TypeScript backend; all others still have to agree
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  backendNames,
  createBackend,
  FixedClassifier,
  fwht,
  instructionSets,
  rotation,
} from "../dist/index.js";
import { casesOf, hashed } from "./bits/cases.js";
import { ALL } from "./bits/shapes.js";
import { fromRoot } from "./paths.js";
import { messageOf } from "./steps.js";

/** @import { Backend, BackendName } from "../dist/index.js" */

const CASES = casesOf({ FixedClassifier, fwht, rotation }, ALL);
const FILE = fromRoot("scripts/bits/hashes.json");

const { values: options } = parseArgs({
  options: { record: { type: "boolean", default: false }, backend: { type: "string" } },
});

function* backends() {
  if (options.backend !== undefined) {
    const name = /** @type {BackendName} */ (options.backend);
    for (const instructionSet of instructionSets(name)) yield createBackend(name, { instructionSet });
    return;
  }
  for (const name of backendNames) {
    try {
      for (const instructionSet of instructionSets(name)) yield createBackend(name, { instructionSet });
    } catch (error) {
      console.log(`${name}: skipped, ${messageOf(error).split("\n")[0]}`);
    }
  }
}

/**
 * One hash a group of cases.
 * @param {Backend} backend
 */
async function hashes(backend) {
  /** @type {Record<string, string>} */
  const result = {};
  for (const [group, run] of Object.entries(CASES)) {
    const hash = createHash("sha256");
    for await (const value of run(backend)) for (const part of hashed(value)) hash.update(part);
    result[group] = hash.digest("hex").slice(0, 32);
  }
  return result;
}

if (options.record) {
  const recorded = await hashes(createBackend("js"));
  writeFileSync(FILE, `${JSON.stringify(recorded, null, 2)}\n`);
}
/** @type {Record<string, string>} */
const expected = JSON.parse(readFileSync(FILE, "utf8"));
let different = 0;
for (const backend of backends()) {
  const got = await hashes(backend);
  const wrong = Object.keys(expected).filter((group) => got[group] !== expected[group]);
  different += wrong.length;
  const groups = Object.keys(expected).length;
  console.log(
    `${backend.name} ${backend.instructionSet}: ` +
      (wrong.length === 0 ? `all ${groups} hashes as recorded` : `DIFFERENT bits in ${wrong.join(", ")}`),
  );
}
process.exitCode = different === 0 ? 0 : 1;
