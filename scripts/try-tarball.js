// Installs the tarball that npm pack has made into an empty folder, without scripts, and asks it for the bits of every operation. It has to load its
// addon, by import and by require, and to say nothing. Uses Node's built-in modules only: it runs where nothing is installed.
//
//   node scripts/try-tarball.js <tarball, or the folder that has it>
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fromRoot } from "./paths.js";
import { npmCommand } from "./steps.js";

const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error("usage: node scripts/try-tarball.js <tarball, or the folder that has it>");
  process.exit(1);
}
const tarball = statSync(given).isDirectory()
  ? join(given, readdirSync(given).find((name) => name.endsWith(".tgz")) ?? "")
  : given;

const home = mkdtempSync(join(tmpdir(), "fixed-classifier-tarball-"));
try {
  writeFileSync(join(home, "package.json"), '{ "private": true }\n');
  run(...npmCommand(["install", "--ignore-scripts", "--no-audit", "--no-fund", resolve(tarball)]));
  for (const load of [
    'import("fixed-classifier").then(({ backend }) => console.log(backend.name))',
    'console.log(require("fixed-classifier").backend.name)',
  ]) {
    const { stdout, stderr } = run(process.execPath, "-e", load);
    if (stdout.trim() !== "native" || stderr !== "") fail(`${load} gives ${stdout}${stderr}, not native`);
  }
  const own = join(home, "node_modules/fixed-classifier");
  for (const name of ["bits.js", "bits", "paths.js", "steps.js"]) {
    cpSync(fromRoot("scripts", name), join(own, "scripts", name), { recursive: true });
  }
  console.log(run(process.execPath, join(own, "scripts/bits.js")).stdout.trim());
} finally {
  rmSync(home, { recursive: true, force: true });
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, ...args) {
  const result = spawnSync(program, args, {
    cwd: home,
    encoding: "utf8",
    shell: program === "npm" && process.platform === "win32",
  });
  if (result.status !== 0) fail(`${program} ${args.join(" ")}:\n${result.stdout}${result.stderr}`);
  return result;
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  rmSync(home, { recursive: true, force: true });
  console.error(message);
  process.exit(1);
}
