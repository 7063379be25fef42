// Builds a small program on the packed package with every bundler, framework and test runner, and runs what came out elsewhere:
// `npm run test:bundlers -- --help`. All must tell the same bits and the expected backend.
import { setPriority } from "node:os";
import { resolve } from "node:path";
import { Command } from "commander";
import { BUNDLERS } from "./bundlers/index.js";
import { installProject, versionIn } from "./bundlers/project.js";
import { writeReport } from "./bundlers/report.js";
import { keep } from "./bundlers/results.js";
import { messageOf } from "./steps.js";

/** @import { Result, Way } from "./bundlers/bundler.js" */
/** @import { Row } from "./bundlers/results.js" */

/** @type {{ only?: string, package?: string }} */
const options = new Command("npm run test:bundlers --")
  .description("Bundles the packed package in every way, runs each bundle, and writes docs/bundlers.md.")
  .option(
    "--only <text>",
    "only ways whose bundler or name has this text in it; of the others what the last runs of this package told",
  )
  .option("--package <tarball>", "what npm pack has made; default: this checkout is packed as it is built")
  .parse()
  .opts();

// Builds use all processors for minutes.
setPriority(10);
const project = await installProject(options.package === undefined ? null : resolve(options.package));
const only = options.only?.toLowerCase() ?? "";

let passed = 0;
/** Of this run, and of the last ones of the same package. @type {Row[]} */
let told = [];
/** @type {string[]} */
const failures = [];
/** Of the first way that ran: all others must have them too. @type {string | undefined} */
let bits;

for (const bundler of BUNDLERS) {
  const ways = bundler.ways.filter(({ name }) => `${bundler.name} ${name}`.toLowerCase().includes(only));
  if (ways.length === 0) continue;
  const home = bundler.install === undefined ? project : await bundler.install(project);
  const version = bundler.package === null ? process.versions.node : versionIn(home, bundler.package);
  console.log(`${bundler.name} ${version}`);
  /** @type {Row[]} */
  const rows = [];
  for (const way of ways) {
    const result = await run(way, home);
    if (typeof result === "string") failures.push(`${bundler.name}, ${way.name}: ${result}`);
    else rows.push({ bundler: bundler.name, version, way: way.name, result });
    console.log(`  ${way.name}: ${typeof result === "string" ? `FAILED: ${result}` : line(result)}`);
  }
  passed += rows.length;
  told = keep(project, rows);
}

for (const failure of failures) console.error(failure);
console.log(`bundlers: ${passed} passed, ${failures.length} failed; bits ${bits}`);
if (failures.length === 0) writeReport(BUNDLERS, told);
process.exitCode = failures.length === 0 ? 0 : 1;

/**
 * @param {Way} way
 * @param {string} project
 * @returns {Promise<Result | string>} or what is wrong
 */
async function run({ run, expects, lost = false }, project) {
  try {
    const result = await run(project);
    const { told } = result;
    bits ??= told.bits;
    if (told.bits !== bits) return `other bits: ${told.bits}, not ${bits}, on ${told.backend}`;
    if (told.backend !== expects)
      return `backend ${told.backend}, not ${expects}: ${told.failures.join("; ")}`;
    if ((result.lost ?? false) !== lost)
      return lost ? "the loss of the addon is not told" : "an addon is missed";
    return result;
  } catch (error) {
    return messageOf(error);
  }
}

/** @param {Result} result */
function line({ told, output }) {
  const size = output === undefined ? "" : `, ${output.files.length} files, ${output.bytes} bytes`;
  return `${told.backend} ${told.instructionSet}${size}`;
}
