/** How much longer a process takes that imports the package: pairs of processes by turns, and the median of their differences. */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** In milliseconds. */
const MOST = { import: 8, head: 10 };
const PAIRS = 31;
/** A busy machine is not the package's fault: the best of some tries is what it takes. */
const TRIES = 3;

const HEAD = "new FixedClassifier({ features: 64, classes: 10 }).forward(new Float32Array(64));";
const PROGRAMS = {
  "empty.mjs": "",
  "import.mjs": 'import "fixed-classifier";',
  "head.mjs": `import { FixedClassifier } from "fixed-classifier";\n${HEAD}`,
  "empty.cjs": "",
  "import.cjs": 'require("fixed-classifier");',
  "head.cjs": `const { FixedClassifier } = require("fixed-classifier");\n${HEAD}`,
};

/** @param {import("./install.js").Installed} installed */
export function importTime({ home, native }) {
  for (const [file, text] of Object.entries(PROGRAMS)) writeFileSync(join(home, file), text);
  const lines = [];
  let good = true;
  for (const backend of native ? ["native", "wasm"] : ["wasm"]) {
    for (const ending of ["mjs", "cjs"]) {
      for (const program of /** @type {const} */ (["import", "head"])) {
        let best = Number.POSITIVE_INFINITY;
        for (let i = 0; i < TRIES && best > MOST[program]; i++) {
          best = Math.min(best, added(home, `empty.${ending}`, `${program}.${ending}`, backend));
        }
        good &&= best <= MOST[program];
        lines.push(`${backend}, ${program}.${ending}: ${best.toFixed(1)} ms of at most ${MOST[program]}`);
      }
    }
  }
  const text = `over an empty module, Node ${process.versions.node}\n  ${lines.join("\n  ")}`;
  if (!good) throw new Error(text);
  return text;
}

/**
 * @param {string} cwd
 * @param {string} empty
 * @param {string} program
 * @param {string} backend
 */
function added(cwd, empty, program, backend) {
  const env = { ...process.env, FIXED_CLASSIFIER_BACKEND: backend, NODE_OPTIONS: "" };
  /** @param {string} file */
  const time = (file) => {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [file], { cwd, env, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return performance.now() - start;
  };
  const differences = Array.from({ length: PAIRS }, (_, i) => {
    if (i % 2 === 0) return -time(empty) + time(program);
    return time(program) - time(empty);
  });
  return differences.sort((a, b) => a - b)[PAIRS >> 1];
}
