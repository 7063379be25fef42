// Checks the addons of the package: what their files need and offer, for every platform, and the bits of every operation on every instruction
// set, where there is something on this machine that runs them.
//
//   npm run test:prebuilds
//   npm run test:prebuilds -- linux-x64 win32-x64     only these
//   npm run test:prebuilds -- --require               what cannot be run because something is not installed is a failure
import { spawn } from "node:child_process";
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { fromRoot } from "./paths.js";
import { faultsOf } from "./prebuild/check.js";
import { missingInspector } from "./prebuild/inspect.js";
import { fault } from "./prebuild/record.js";
import { NODES, RUNS } from "./prebuild/runs.js";
import { addonOf, TARGETS } from "./prebuild/targets.js";
import { installToolchain } from "./prebuild/toolchain.js";
import { dependenciesCurrent } from "./stamps.js";
import { messageOf, npmCommand, runStep } from "./steps.js";

/** @import { Run } from "./prebuild/runs.js" */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { require: { type: "boolean", default: false } },
});
const targets = positionals.length > 0 ? positionals : Object.keys(TARGETS);
const PACKAGE = fromRoot("build-prebuild/package");

const inspector = missingInspector();
if (inspector !== null) {
  console.error(`test:prebuilds reads the files by llvm-readobj and llvm-nm: ${inspector}`);
  process.exit(1);
}
installToolchain(); // for the names of Node-API
if (!dependenciesCurrent(NODES)) {
  // npm takes this machine for one that cannot run those for other platforms.
  runStep("versions of Node.js", npmCommand(["ci", "--prefix", NODES, "--ignore-scripts", "--force"]));
}

let failures = 0;
/**
 * @param {string} what
 * @param {string[]} wrong
 */
function report(what, wrong) {
  failures += wrong.length;
  console.log(`${what}: ${wrong.length === 0 ? "good" : wrong.join("\n  ")}`);
}

for (const target of targets) {
  const stale = fault(target);
  if (stale !== null) {
    report(target, [`${stale}; npm run prebuild`]);
    continue;
  }
  report(`${target}, its file`, faultsOf(target));
}

layPackage();
for (const target of targets.filter((name) => fault(name) === null)) {
  for (const run of RUNS[target] ?? []) {
    const missing = run.missing();
    if (missing !== null) {
      report(`${target} in ${run.name}: not run here, ${missing}`, values.require ? ["it must be"] : []);
      continue;
    }
    try {
      run.prepare?.();
      console.log(`${target} in ${run.name}:\n${await bits(run)}`);
    } catch (error) {
      report(`${target} in ${run.name}`, [messageOf(error)]);
    }
  }
}
process.exitCode = failures === 0 ? 0 : 1;

/** The package as it is published, with the program that prints what bits it computes. */
function layPackage() {
  rmSync(PACKAGE, { recursive: true, force: true });
  mkdirSync(PACKAGE, { recursive: true });
  for (const name of [
    "package.json",
    "dist",
    "scripts/bits.js",
    "scripts/bits",
    "scripts/paths.js",
    "scripts/steps.js",
  ]) {
    cpSync(fromRoot(name), `${PACKAGE}/${name}`, { recursive: true });
  }
  for (const target of targets) {
    if (fault(target) === null)
      cpSync(fromRoot(addonOf(target), ".."), `${PACKAGE}/prebuilds/${target}`, { recursive: true });
  }
}

/**
 * What scripts/bits.js prints. Node for Windows dies of a pipe of Wine's, so it writes to a file.
 * @param {Run} run
 * @returns {Promise<string>}
 */
async function bits({ command, env = {} }) {
  const file = `${PACKAGE}/output`;
  const output = openSync(file, "w");
  try {
    const [program, ...args] = command();
    const child = spawn(program, [...args, "scripts/bits.js", "--backend", "native"], {
      cwd: PACKAGE,
      env: { ...process.env, ...env },
      stdio: ["ignore", output, output],
    });
    const status = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    const text = readFileSync(file, "utf8").trim();
    const lines = text.split("\n").filter((line) => line.startsWith("native "));
    if (status !== 0 || lines.length === 0) throw new Error(`exit status ${status}\n${text}`);
    return lines.map((line) => `  ${line}`).join("\n");
  } finally {
    closeSync(output);
  }
}
