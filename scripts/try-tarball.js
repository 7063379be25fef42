// Installs the tarball that npm pack has made into an empty folder, without scripts, and asks it for the bits of every operation. It has to load its
// addon, by import and by require, and to say nothing; and the README's five lines have to print what they should, in other programs too.
// Uses Node's built-in modules only: it runs where nothing is installed.
//
//   node scripts/try-tarball.js <tarball, or the folder that has it> [path of another Node.js, Bun or Deno …]
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fromRoot } from "./paths.js";
import { npmCommand } from "./steps.js";

const [given, ...programs] = process.argv.slice(2);
if (given === undefined) {
  console.error("usage: node scripts/try-tarball.js <tarball, or the folder that has it> [program …]");
  process.exit(1);
}
/** What the README's lines print: every engine has its own way to print an array. */
const PRINTED = ["3 5 4 5 4 3", "2.145149886608124", "-0.019590074196457863"].join(" ");
/** Deno asks before a program may do what the addon needs. */
const DENO = ["run", "--allow-read", "--allow-env", "--allow-ffi"];

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
  writeFileSync(join(home, "five-lines.mjs"), fiveLines());
  for (const program of [process.execPath, ...programs.map((path) => resolve(path))]) tryFiveLines(program);
  const own = join(home, "node_modules/fixed-classifier");
  for (const name of ["bits.js", "bits", "paths.js", "steps.js"]) {
    cpSync(fromRoot("scripts", name), join(own, "scripts", name), { recursive: true });
  }
  console.log(run(process.execPath, join(own, "scripts/bits.js")).stdout.trim());
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** The first program of the README that imports a head, as it stands there. */
function fiveLines() {
  const readme = readFileSync(join(home, "node_modules/fixed-classifier/README.md"), "utf8");
  const [, program] = /^## Five lines$[\s\S]*?^```js\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  return program ?? fail("the README of the package has no five lines");
}

/** @param {string} program */
function tryFiveLines(program) {
  const [version] = run(program, "--version").stdout.match(/\d[\d.]*/) ?? [];
  const flags = basename(program).startsWith("deno") ? DENO : [];
  const { stdout, stderr } = run(program, ...flags, "five-lines.mjs");
  const numbers = stdout.replace(/^\w+\(6\)/, "").match(/-?\d+(\.\d+)?/g) ?? [];
  if (numbers.join(" ") !== PRINTED || stderr !== "")
    fail(`the five lines in ${program}: ${stdout}${stderr}`);
  console.log(`the README's five lines: ${basename(program)} ${version}`);
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
