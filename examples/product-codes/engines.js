// Measures what the networks could be computed with: products of matrices in onnxruntime and in TensorFlow.js on WebAssembly, one thread.
// `node examples/product-codes/engines.js` writes the table of docs/product-training.md.
import { createRequire } from "node:module";
import { dirname, sep } from "node:path";
import { installLibraries } from "./setup.js";

installLibraries();
const tf = await import("@tensorflow/tfjs");
const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
const { Graph } = await import("./engine/graph.js");
const { Buffers, Program } = await import("./engine/program.js");
const { Random } = await import("./engine/random.js");
const { writeTable } = await import("./report.js");

/** Rows, inner size and columns: the logits of a step of each run, and what one convolution of Omniglot comes to. */
const SHAPES = /** @type {const} */ ([
  [1024, 256, 10_000],
  [128, 512, 1623],
  [25_088, 288, 64],
]);
const CALLS = 6;

tf.enableProdMode();
setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + sep);
await tf.setBackend("wasm");
const random = new Random(1);
const lines = [];
for (const [m, k, n] of SHAPES) {
  const a = random.normals(m * k);
  const b = random.normals(k * n);
  const rates = [await inOnnxruntime(a, b, [m, k, n]), await inTensorFlow(a, b, [m, k, n])];
  lines.push([`${m} × ${k} by ${k} × ${n}`, ...rates.map((rate) => rate.toFixed(0))]);
}
writeTable("engines", ["product", "onnxruntime, GFLOP/s", "TensorFlow.js on WebAssembly, GFLOP/s"], lines);

/**
 * By the time that the processor worked, which other programs do not change much; the best of some calls.
 * @param {() => Promise<void>} call
 * @param {number[]} shape
 */
async function rate(call, [m, k, n]) {
  await call();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < CALLS; i++) {
    const before = process.cpuUsage();
    await call();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, user + system);
  }
  return (2 * m * k * n) / best / 1000;
}

/** @type {(a: Float32Array, b: Float32Array, shape: number[]) => Promise<number>} */
async function inOnnxruntime(a, b, shape) {
  const [m, k, n] = shape;
  const graph = new Graph();
  const left = graph.input("left", [m, k]);
  const right = graph.input("right", [k, n]);
  const buffers = new Buffers();
  const program = await Program.create(graph, buffers, [graph.node("Gemm", [left, right], [m, n])]);
  buffers.array(left).set(a);
  buffers.array(right).set(b);
  const found = await rate(() => program.run(), shape);
  await program.release();
  return found;
}

/** @type {(a: Float32Array, b: Float32Array, shape: number[]) => Promise<number>} */
async function inTensorFlow(a, b, shape) {
  const [m, k, n] = shape;
  const left = tf.tensor2d(a, [m, k]);
  const right = tf.tensor2d(b, [k, n]);
  const found = await rate(async () => {
    const product = tf.matMul(left, right);
    product.dataSync();
    product.dispose();
  }, shape);
  tf.dispose([left, right]);
  return found;
}
