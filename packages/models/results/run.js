// What takes the place of trained layers, and what it costs: the tables of docs/models.md.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { featuresOfImages, imagesOf } from "../dist/calibration/images.js";
import { convert, openOnnx } from "../dist/index.js";
import { packageFolder } from "../examples/support/fetch.js";
import { RESNET } from "../examples/support/resnet.js";
import { joined, layerOf, loadPart, trainDense } from "./intents.js";
import { keep, writePages } from "./page.js";
import { resnetModel } from "./resnet.js";

/** @import { CalibrationRows, ConvertOptions, LastLayer } from "../dist/index.js" */

const KEPT = fileURLToPath(new URL("../build/", import.meta.url));
const RERANK = 16;

/** @type {{ images?: string, intents?: string }} */
const { images, intents } = new Command("node results/run.js")
  .description(
    "Measures what takes the place of trained layers, and writes the tables of docs/models.md; without options, from what is kept.",
  )
  .option(
    "--images <folder>",
    "photographs, one of each class of ImageNet, in the order of the classes' WordNet numbers",
  )
  .option(
    "--intents <folder>",
    "CLINC150 as embeddings: train_x_f16.npy, train_y_u8.npy and those of val and test",
  )
  .allowExcessArguments(false)
  .parse()
  .opts();
if (images !== undefined) await measureImages(images);
if (intents !== undefined) await measureIntents(intents);
writePages();

/** Half of the photographs are held out, then a quarter, and others of them again, for there are few. @param {string} folder */
async function measureImages(folder) {
  const source = packageFolder(RESNET);
  mkdirSync(KEPT, { recursive: true });
  const path = join(KEPT, "resnet50.onnx");
  if (!existsSync(path)) writeFileSync(path, Buffer.concat([...resnetModel(join(source, "ResNet50"))]));
  const model = openOnnx(path);
  const files = imagesOf(folder);
  const sizes = files.map((file) => `${basename(file)} ${statSync(file).size}`).join("\n");
  const kept = join(KEPT, `${createHash("sha256").update(sizes).digest("hex").slice(0, 16)}.f32`);
  if (!existsSync(kept)) {
    const onImages = (/** @type {number} */ done, /** @type {number} */ count) => {
      if (done % 40 === 0) console.error(`photographs: ${done} of ${count}`);
    };
    writeFileSync(kept, await featuresOfImages(folder, model, { onImages }));
  }
  const { buffer, byteOffset, length } = readFileSync(kept);
  const x = new Float32Array(buffer.slice(byteOffset, byteOffset + length));
  const { lastLayer } = model;
  const isOneOfEach = files.length === lastLayer.classes;
  const labels = isOneOfEach ? Int32Array.from(files, (_, c) => c) : null;
  for (const [name, heldOut] of /** @type {const} */ ([
    ["images", 0.5],
    ["more-images", 0.25],
  ]))
    await measure(name, lastLayer, { x, labels }, { heldOut }, [0, 1, 2, 3]);
}

/** By rows that the layer was not trained on. @param {string} folder */
async function measureIntents(folder) {
  const [train, val, test] = [loadPart(folder, "train"), loadPart(folder, "val"), loadPart(folder, "test")];
  const { features } = train;
  const labels = Int32Array.of(...val.labels, ...test.labels);
  const x = joined(val.x, test.x);
  const classes = train.labels.reduce((most, c) => Math.max(most, c), 0) + 1;
  await measure("intents", trainDense(train, classes), { x, labels });
  const sentences = layerOf("sentences", features, train.x, null);
  await measure("sentences", sentences, { x, labels: null }, { adapter: false });
}

/**
 * @param {string} name
 * @param {LastLayer} layer
 * @param {CalibrationRows} rows
 * @param {ConvertOptions} [options]
 * @param {number[]} [seeds] of splits, over which the mean is taken
 */
async function measure(name, layer, rows, options = {}, seeds = [0]) {
  const conversions = [];
  for (const seed of seeds) {
    const onCandidate = (/** @type {string} */ candidate) =>
      console.error(`${name}, split ${seed}: ${candidate}`);
    conversions.push(await convert(layer, rows, { rerank: RERANK, onCandidate, ...options, seed }));
  }
  keep(name, { ...layer, origin: { ...layer.origin, file: basename(layer.origin.file) } }, conversions);
}
