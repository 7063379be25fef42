/** Programs that compile against the installed declarations, with the oldest and the newest TypeScript. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../paths.js";
import { runIn } from "./install.js";

const PROGRAM = `
import { backend, type BackendName, FixedClassifier, type Gradient } from "fixed-classifier";
const head: FixedClassifier = new FixedClassifier({ features: 4, classes: 3, code: "hadamard" });
const name: BackendName = backend.name;
const gradient: Gradient = head.lossAndGradient(new Float32Array(4), [1]).gradient;
console.log(name, gradient.features.length);
// @ts-expect-error: there is no such option
new FixedClassifier({ features: 4, classes: 3, codes: "hadamard" });
`;

/** What `import` makes goes to what is typed by `require`, and back. */
const BOTH = `
import type * as imported from "fixed-classifier" with { "resolution-mode": "import" };
import type * as required from "fixed-classifier" with { "resolution-mode": "require" };
export const toRequired = (head: imported.FixedClassifier): required.FixedClassifier => head;
export const toImported = (head: required.FixedClassifier): imported.FixedClassifier => head;
`;

/** The kind of package, how modules are found, and whether TypeScript 7 has no such way any more. */
/** @type {[type: string, settings: Record<string, string>, old?: boolean][]} */
const PROJECTS = [
  ["commonjs", { module: "node16" }],
  ["module", { module: "node16" }],
  ["commonjs", { module: "nodenext" }],
  ["module", { module: "nodenext" }],
  ["module", { module: "esnext", moduleResolution: "bundler" }],
  ["commonjs", { module: "commonjs", moduleResolution: "node10" }, true],
];
const STRICT = { noEmit: true, strict: true, target: "es2022", lib: ["es2022", "dom"], types: [] };

/** @param {import("./install.js").Installed} installed */
export function types({ home }) {
  const compilers = ["scripts/types/node_modules/typescript/bin/tsc", "node_modules/typescript/bin/tsc"];
  let count = 0;
  for (const [i, [type, settings, old = false]] of PROJECTS.entries()) {
    const folder = join(home, `types-${i}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type }));
    writeFileSync(join(folder, "program.ts"), PROGRAM);
    writeFileSync(join(folder, "both.ts"), BOTH);
    const files = settings.module.startsWith("node") ? ["program.ts", "both.ts"] : ["program.ts"];
    const project = { compilerOptions: { ...STRICT, ...settings }, files };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
    for (const tsc of old ? compilers.slice(0, 1) : compilers) {
      runIn(folder, [process.execPath, fromRoot(tsc)]);
      count++;
    }
  }
  return `${count} settings compile, CommonJS packages with module node16 among them; heads of both formats are one type`;
}
