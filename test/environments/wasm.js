// What becomes of WebAssembly in this process, as JSON; with "forbidden" where no module may be compiled, as by a policy of a page.
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import * as here from "../../dist/index.js";

/** @typedef {typeof here} Product */

const BUNDLE = new URL("../../dist/browser.cjs", import.meta.url);

/** @returns {Product} */
function whereForbidden() {
  const exports = /** @type {Product} */ ({});
  const globals = { exports, module: { exports }, atob, setTimeout, console };
  const context = createContext(globals, { codeGeneration: { strings: false, wasm: false } });
  runInContext(readFileSync(BUNDLE, "utf8"), context);
  return exports;
}

const product = process.argv[2] === "forbidden" ? whereForbidden() : here;
const { backend, FixedClassifier, fwht } = product;

/**
 * The result, or the name and the message of the error.
 * @param {() => unknown} call
 */
function outcome(call) {
  try {
    return call();
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    return `${name}: ${message}`;
  }
}

/** @param {number} features */
const largest = (features) => () => {
  const wasm = product.createBackend("wasm");
  const head = new FixedClassifier({ features, classes: 10, backend: wasm });
  const of = (rows = 1) =>
    head.topK(
      new Float32Array(rows * features).map((_, i) => i % 7),
      1,
    ).scores.length;
  // A small head first, then more than there may be, then the small one again.
  const before = of();
  const refused = outcome(() => fwht(new Float32Array(2 ** 18), { backend: wasm }).length);
  return { before, refused, after: of(2) };
};

/** Rows of 2 MiB, with which a head gets a memory of its own: the best of them, and the same in plain TypeScript. */
function many() {
  const [features, classes] = [512, 2 ** 16];
  const code = { name: /** @type {const} */ ("product"), width: 8 };
  const x = new Float32Array(features).map((_, i) => (i * i) % 7);
  /** @param {import("../../dist/index.js").BackendName} name */
  const best = (name) => {
    const head = new FixedClassifier({ features, classes, code, backend: product.createBackend(name) });
    const { classes: found, scores } = head.topK(x, 3);
    return [...found, ...scores];
  };
  return { best: best("wasm"), plain: best("js") };
}

console.log(
  JSON.stringify({
    name: backend.name,
    instructionSet: backend.instructionSet,
    failures: Object.fromEntries(backend.failures.map(({ name, error }) => [name, error.message])),
    transform: outcome(() => [...fwht(Float32Array.of(1, 2, 3, 4))]),
    memory: outcome(largest(64)),
    many: outcome(many),
  }),
);
