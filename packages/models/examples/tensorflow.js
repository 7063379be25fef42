// A ResNet-50 of TensorFlow.js (2048 features, 1,000 classes) without its last layer, which becomes a product code and is computed by the core.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { FixedClassifier } from "fixed-classifier";
import { readLastLayer } from "fixed-classifier-models";
import { packageFolder } from "./support/fetch.js";
import { RESNET } from "./support/resnet.js";
import { numbers, shown, timed } from "./support/timing.js";

const SIDE = 224;

/**
 * @param {{ milliseconds?: number, print?: (line: string) => void }} [options]
 * @returns {Promise<{ same: number, pictures: number }>} on how many pictures both last layers agree
 */
export async function main({ milliseconds = 2000, print = console.log } = {}) {
  const source = packageFolder(RESNET);
  const folder = join(source, "ResNet50");
  const { features, classes, weights, bias } = await readLastLayer(join(folder, "model.json"));
  const head = await FixedClassifier.fromDense(
    { features, classes, weights, ...(bias && { bias }) },
    { code: { name: "product", width: 4, stages: 4 } },
  );
  print(
    `last layer ${features} → ${classes}: ${4 * (features + 1) * classes} bytes, as a product code ${head.toSafetensors().length}`,
  );

  const { tf, layers } = await tensorflow();
  const model = await loadModel(tf, layers, folder);
  const trunk = layers.model({ inputs: model.inputs, outputs: model.getLayer("avg_pool").output });
  const last = model.getLayer("fc1000");
  let trunkTime = Number.POSITIVE_INFINITY;
  const rows = Array.from({ length: 4 }, (_, i) =>
    tf.tidy(() => {
      const start = performance.now();
      const out = /** @type {import("@tensorflow/tfjs-core").Tensor} */ (
        trunk.predict(tf.tensor4d(picture(i), [1, SIDE, SIDE, 3]))
      );
      const x = /** @type {Float32Array} */ (out.dataSync());
      trunkTime = Math.min(trunkTime, performance.now() - start);
      return x;
    }),
  );
  /** @param {Float32Array} x */
  const original = (x) =>
    tf.tidy(() => {
      const out = /** @type {import("@tensorflow/tfjs-core").Tensor} */ (
        last.apply(tf.tensor2d(x, [1, features]))
      );
      return tf.argMax(out, 1).dataSync()[0];
    });
  const same = rows.filter((x) => original(x) === head.topK(x, 1).classes[0]).length;
  print(`${same} of ${rows.length} pictures keep their best class, without calibration`);

  const times = await timed(
    { original: () => original(rows[0]), ours: () => head.topK(rows[0], 1) },
    milliseconds,
  );
  print(
    `a picture takes ${shown(trunkTime)} ms, then ${shown(times.original)} ms with the original last layer, ` +
      `${shown(times.ours)} ms with ours`,
  );
  return { same, pictures: rows.length };
}

/** TensorFlow.js on WebAssembly, one thread; by CommonJS, since its backend does not start from an ES module. */
async function tensorflow() {
  const require = createRequire(import.meta.url);
  /** @type {typeof import("@tensorflow/tfjs-core")} */
  const tf = require("@tensorflow/tfjs-core");
  /** @type {typeof import("@tensorflow/tfjs-layers")} */
  const layers = require("@tensorflow/tfjs-layers");
  /** @type {typeof import("@tensorflow/tfjs-backend-wasm")} */
  const { setThreadsCount, setWasmPaths } = require("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  setThreadsCount(1);
  if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js has no WebAssembly here");
  return { tf, layers };
}

/**
 * @param {typeof import("@tensorflow/tfjs-core")} tf
 * @param {typeof import("@tensorflow/tfjs-layers")} layers
 * @param {string} folder
 */
async function loadModel(tf, layers, folder) {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  /** @type {{ weights: import("@tensorflow/tfjs-core").io.WeightsManifestEntry[], paths: string[] }[]} */
  const groups = weightsManifest;
  const data = Buffer.concat(
    groups.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path)))),
  );
  const weightSpecs = groups.flatMap((group) => group.weights);
  const weightData = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
  return layers.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

/**
 * Blobs of colour: no photograph, but no noise either.
 * @param {number} seed
 */
function picture(seed) {
  const blobs = numbers(6 * 6, seed);
  const pixels = new Float32Array(SIDE * SIDE * 3);
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
    for (let b = 0; b < blobs.length; b += 6) {
      const [u, v] = [x / SIDE - 0.5 - blobs[b] / 2, y / SIDE - 0.5 - blobs[b + 1] / 2];
      const size = 0.02 + 0.1 * Math.abs(blobs[b + 2]);
      pixels[i] += 120 * blobs[b + 3 + (i % 3)] * Math.exp((-u * u - v * v) / size);
    }
  }
  return pixels;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
