// Installs the packed package into an empty folder and runs it in every runtime there is: `npm run test:runtimes -- --help`.
// Each tells the backend that was chosen and a hash of the bits of all operations, which has to be the same everywhere.
import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { dependenciesCurrent } from "./stamps.js";
import { messageOf, npmCommand, runStep } from "./steps.js";

/** @import { Way } from "./runtimes/runtime.js" */
/** @import { Probe } from "./probe/probe.js" */
/** @import { Row } from "./runtimes/report.js" */

/** What only these tests need, and its lock files. Those of Node for other platforms npm installs by force only. */
const PACKAGES = "scripts/runtimes";

/** @type {{ quick?: boolean, only?: string, require?: boolean, package?: string }} */
const options = new Command("npm run test:runtimes --")
  .description("Runs the packed package in every runtime, and writes docs/runtimes.md.")
  .option("--quick", "only this Node, Bun, Deno and workerd, and nothing written")
  .option("--only <text>", "only runtimes whose name has this text in it, and nothing written")
  .option("--require", "a runtime that is not on this machine is a failure")
  .option("--package <tarball>", "what npm pack has made; default: this checkout is packed")
  .parse()
  .opts();

install(PACKAGES);
const { NODES, PACKAGES: npmRuntimes } = await import("./runtimes/runtime.js");
const { QUICK, RUNTIMES } = await import("./runtimes/index.js");
const { installPackage } = await import("./runtimes/install.js");
const { writeReport } = await import("./runtimes/report.js");

const only = options.only?.toLowerCase();
const runtimes = (options.quick ? QUICK : RUNTIMES).filter(
  ({ name }) => only === undefined || name.toLowerCase().includes(only),
);
for (const folder of new Set(runtimes.map(({ packages }) => packages))) {
  if (folder !== null && folder !== npmRuntimes) install(folder, folder === NODES);
}
const folder = await installPackage(options.package === undefined ? null : resolve(options.package));

/** @type {Row[]} */
const rows = [];
/** @type {string[]} */
const failures = [];
/** Of the first way that ran: all others must have it too. @type {string | undefined} */
let hash;

for (const runtime of runtimes) {
  const install = runtime.missing(folder);
  if (install !== null) {
    console.log(`${runtime.name}: not on this machine; ${install}`);
    rows.push({ runtime: runtime.name, version: "", missing: install });
    if (options.require) failures.push(`${runtime.name} is not on this machine: ${install}`);
    continue;
  }
  const version = await runtime.version().catch((error) => {
    failures.push(`${runtime.name} does not start: ${messageOf(error)}`);
    return null;
  });
  if (version === null) continue;
  console.log(`${runtime.name} ${version}`);
  for (const way of runtime.ways.filter(({ long }) => !(options.quick && long))) {
    const told = await tell(way);
    const prebuild = way.expects === "native" ? runtime.prebuild : undefined;
    if (typeof told !== "string")
      rows.push({ runtime: runtime.name, version, way: way.name, told, prebuild });
    else failures.push(`${runtime.name}, ${way.name}: ${told}`);
    console.log(`  ${way.name}: ${typeof told === "string" ? `FAILED: ${told}` : line(told)}`);
  }
}
rmSync(folder, { recursive: true });

for (const failure of failures) console.error(failure);
const ran = rows.filter(({ told }) => told !== undefined).length;
console.log(`runtimes: ${ran} passed, ${failures.length} failed; hash ${hash}`);
if (failures.length === 0 && !options.quick && only === undefined) writeReport(rows, hash ?? "");
process.exit(failures.length === 0 ? 0 : 1);

/**
 * @param {string} folder
 * @param {boolean} force
 */
function install(folder, force = false) {
  if (dependenciesCurrent(folder)) return;
  const args = ["ci", "--prefix", folder, "--ignore-scripts", ...(force ? ["--force"] : [])];
  runStep(`packages of ${folder}`, npmCommand(args));
}

/**
 * @param {Way} way
 * @returns {Promise<Probe | string>} what the probe told, or what is wrong
 */
async function tell({ run, expects }) {
  try {
    const told = await run(folder);
    hash ??= told.hash;
    if (told.hash !== hash) return `other bits: hash ${told.hash}, not ${hash}, on ${told.backend}`;
    if (told.backend === expects) return told;
    return `backend ${told.backend}, not ${expects}: ${told.failures.join("; ")}`;
  } catch (error) {
    return messageOf(error);
  }
}

/** @param {Probe} probe */
function line({ backend, instructionSet, hash, milliseconds }) {
  return `${backend} ${instructionSet}, ${hash}, ${milliseconds?.toPrecision(3)} ms`;
}
