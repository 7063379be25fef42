// Builds the addons of the package, for every platform, on one Linux machine; those again whose sources changed.
//
//   npm run prebuild
//   npm run prebuild -- linux-x64 linux-arm64     only these
//   npm run prebuild -- --fresh                   builds nothing; fails where npm pack would
import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { fromRoot } from "./paths.js";
import { compile } from "./prebuild/compile.js";
import { link } from "./prebuild/link.js";
import { fault, sourcesOf, writeRecord } from "./prebuild/record.js";
import { addonOf, TARGETS } from "./prebuild/targets.js";
import { installToolchain } from "./prebuild/toolchain.js";
import { messageOf } from "./steps.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { fresh: { type: "boolean", default: false } },
});
const all = Object.keys(TARGETS);
const unknown = positionals.find((name) => !all.includes(name));
if (unknown !== undefined) fail(`prebuild: there is no ${unknown}, only ${all.join(", ")}`);
const wanted = positionals.length > 0 ? positionals : all;

if (values.fresh) {
  const faults = wanted.map(fault).filter((text) => text !== null);
  if (faults.length > 0) {
    fail(
      "the package would be slow on some platforms, for their addons cannot be published:\n" +
        `${faults.map((text) => `  ${text}\n`).join("")}` +
        "build them by `npm run prebuild`, on Linux x64; that takes half an hour, the next time only what changed",
    );
  }
} else {
  const old = wanted.filter((target) => fault(target) !== null);
  if (old.length > 0) installToolchain();
  for (const target of old) await build(target);
  if (old.length === 0) console.log(`prebuild: ${wanted.join(", ")}: nothing to do`);
}

/** @param {string} target */
async function build(target) {
  process.stdout.write(`prebuild: ${target} … `);
  const start = Date.now();
  try {
    const sources = sourcesOf(target);
    link(target, await compile(target));
    writeRecord(target, sources);
  } catch (error) {
    fail(`failed\n${messageOf(error)}`);
  }
  const { size } = statSync(fromRoot(addonOf(target)));
  console.log(`${(size / 1e6).toFixed(2)} MB, ${((Date.now() - start) / 1000).toFixed(0)} s`);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(message);
  process.exit(1);
}
