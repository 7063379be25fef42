// Runs one row by the command that everybody has, in a folder where it goes on if it was interrupted.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { provide } from "./fetch/provide.js";
import { keyOf, summarize } from "./kept.js";

/** @import { Row } from "./sets.js" */

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const RUNS = fileURLToPath(new URL("cache/runs/", import.meta.url));
/** What the processor did is only known in the process itself: it tells at its end, through a pipe. */
const TELL_PROCESSOR =
  'import { writeSync } from "node:fs"; process.on("exit", () => { const { user, system } = process.cpuUsage(); writeSync(3, String(user + system)); });';

export class Interrupted extends Error {}

/**
 * @param {Row} row
 * @param {{ shared: string | undefined, again: boolean }} where
 */
export async function runRow(row, { shared, again }) {
  const files = await provide(row.set.source, shared);
  const folder = join(RUNS, row.id.replaceAll(":", "-"));
  const mark = `${folder}.key`;
  const key = keyOf(row);
  if (again || !existsSync(mark) || readFileSync(mark, "utf8") !== key) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    writeFileSync(mark, key);
  }
  const begun = existsSync(join(folder, "options.yaml"));
  const args = begun ? ["--resume", folder] : [...trainArguments(row, Object.values(files)), "--out", folder];
  const processorSeconds = await train(args);
  const results = JSON.parse(readFileSync(join(folder, "results.json"), "utf8"));
  const kept = summarize(row, results, begun ? null : processorSeconds);
  rmSync(folder, { recursive: true });
  rmSync(mark);
  return kept;
}

/**
 * @param {Row} row
 * @param {string[]} files
 */
export const trainArguments = ({ head, options }, files) => [
  ...files,
  "--heads",
  head,
  ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
];

/**
 * @param {string[]} args
 * @returns {Promise<number>} seconds of the processor
 */
function train(args) {
  return new Promise((resolve, reject) => {
    const preload = `data:text/javascript,${encodeURIComponent(TELL_PROCESSOR)}`;
    const child = spawn(process.execPath, ["--import", preload, CLI, "train", ...args], {
      stdio: ["inherit", "inherit", "inherit", "pipe"],
    });
    let told = "";
    child.stdio[3]?.on("data", (chunk) => {
      told += chunk;
    });
    // Ctrl-C reaches the child too, which ends where it can go on.
    const ignore = () => {};
    process.on("SIGINT", ignore);
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("SIGINT", ignore);
      if (code === 0) resolve(Number(told) / 1e6);
      else if (code === 130) reject(new Interrupted("interrupted; the same command goes on"));
      else reject(new Error(`train ended with ${code}`));
    });
  });
}
