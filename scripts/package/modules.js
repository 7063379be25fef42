/** The package imported, required, and both in one process, where heads and the chosen backend are the same. */

import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../paths.js";
import { runProgram } from "./install.js";

const USE = `
const head = new FixedClassifier({ features: 64, classes: 10 });
const x = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i));
console.log(backend.name, String(head.topK(x, 3).classes), backend.failures.length);
`;

const BOTH = `
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as esm from "fixed-classifier";
import * as tfjs from "fixed-classifier/tfjs";
const require = createRequire(import.meta.url);
const cjs = require("fixed-classifier");
assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).sort());
assert.notEqual(cjs.FixedClassifier, esm.FixedClassifier);
const heads = [cjs, esm].map(({ FixedClassifier }) => new FixedClassifier({ features: 64, classes: 10 }));
assert.equal(heads[0].backend, heads[1].backend);
const x = new Float32Array(64).fill(1);
assert.deepEqual(heads[0].forward(x), heads[1].forward(x));
for (const layers of [tfjs, require("fixed-classifier/tfjs")]) {
  for (const head of heads) {
    const layer = layers.FixedClassifierLayer.fromHead(head, { inputShape: [64] });
    layer.apply(tf.zeros([1, 64]));
    assert.deepEqual(layer.head().forward(x), head.forward(x));
  }
  assert.throws(() => layers.FixedClassifierLayer.fromHead({}), TypeError);
}
assert.ok(require.resolve("fixed-classifier/wasm").endsWith(".wasm"));
assert.equal(require("fixed-classifier/package.json").name, "fixed-classifier");
`;

/** @param {import("./install.js").Installed} installed */
export function modules(installed) {
  const imported = runProgram(
    installed,
    "imported.mjs",
    `import { backend, FixedClassifier } from "fixed-classifier";${USE}`,
  );
  const required = runProgram(
    installed,
    "required.cjs",
    `const { backend, FixedClassifier } = require("fixed-classifier");${USE}`,
  );
  if (imported !== required) throw new Error(`imported: ${imported}\nrequired: ${required}`);
  const expected = installed.native ? "native" : "wasm";
  if (!imported.startsWith(expected)) throw new Error(`expected the backend ${expected}, got ${imported}`);
  // TensorFlow.js, which is large, is that of this repository.
  symlinkSync(
    fromRoot("node_modules/@tensorflow"),
    join(installed.home, "node_modules/@tensorflow"),
    "junction",
  );
  runProgram(installed, "both.mjs", `import * as tf from "@tensorflow/tfjs";${BOTH}`);
  return `import, require and both give ${imported}`;
}
