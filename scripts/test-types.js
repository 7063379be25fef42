/**
 * Compiles test/types against the types in dist/, as users of the package do: strictly, with the oldest and the newest TypeScript that they are
 * for, with and without the types of the DOM and of Node.js, and with every way to find modules. No types are skipped but those of
 * TensorFlow.js, which do not compile by themselves.
 */

import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fromRoot, root } from "./paths.js";
import { dependenciesCurrent } from "./stamps.js";
import { npmCommand, runStep } from "./steps.js";

const FOLDER = "scripts/types";

if (!dependenciesCurrent(FOLDER)) {
  runStep("TypeScript 5.9", npmCommand(["ci", "--prefix", FOLDER, "--ignore-scripts"]));
}

const COMPILERS = {
  "TypeScript 5.9": fromRoot(FOLDER, "node_modules/typescript/bin/tsc"),
  "TypeScript 7": fromRoot("node_modules/typescript/bin/tsc"),
};

/** @type {Record<string, string[]>} */
const MODULES = {
  node16: ["--module", "node16"],
  nodenext: ["--module", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
};

/** Which files are compiled with which library: the smallest there is, Node.js, a browser, a browser with TensorFlow.js. */
const PLACES = ["no-dom", "node", "dom", "tfjs"];

/** How modules are found does not depend on the library. */
const SETTINGS = [
  ...Object.keys(MODULES).map((module) => [module, PLACES[0]]),
  ...PLACES.slice(1).map((place) => ["nodenext", place]),
];

const jobs = Object.entries(COMPILERS).flatMap(([compiler, tsc]) =>
  SETTINGS.map(([module, place]) => ({
    name: `${compiler}, ${module}, ${place}`,
    command: [tsc, "-p", `test/types/${place}.json`, ...MODULES[module]],
  })),
);

/** @type {string[]} */
const failed = [];
const work = jobs.values();
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (const { name, command } of work) {
      const output = await compile(command);
      if (output !== null) failed.push(`${name}:\n${output}`);
    }
  }),
);
for (const text of failed) console.error(text);
console.log(`types: ${jobs.length - failed.length} of ${jobs.length} settings compile`);
process.exit(failed.length === 0 ? 0 : 1);

/**
 * @param {string[]} command
 * @returns {Promise<string | null>} what the compiler said; null if all is well
 */
function compile(command) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: root });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    child.on("error", reject);
    child.on("close", (status) => resolve(status === 0 ? null : output));
  });
}
