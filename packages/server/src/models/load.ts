import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { FixedClassifier } from "fixed-classifier";
import { Problem, unreadable } from "fixed-classifier-models/files";
import type { Model } from "./model.js";
import type { VersionPlace } from "./places.js";
import { DEFAULTS, settingsOf } from "./settings.js";

let loaded = 0;

/** Reads one version of a model and tries it, so that what it returns answers. What is wrong with a file is a Problem that names it. */
export async function loadModel(name: string, place: VersionPlace): Promise<Model> {
  const [bytes, labelText, settingsText] = await Promise.all([
    read(place.head),
    place.labels === undefined ? undefined : read(place.labels),
    place.settings === undefined ? undefined : read(place.settings),
  ]);
  const { outputs, featureScale } =
    settingsText === undefined ? DEFAULTS : settingsOf(settingsText.toString(), place.settings as string);
  const head = headOf(place.head, bytes);
  const labels = labelText === undefined ? [] : labelsOf(labelText.toString(), place.labels as string, head);
  return {
    name,
    version: place.version,
    platform: "fixed_classifier_head",
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, head.features] }],
    outputs: outputs.map((output) => ({ name: output, datatype: "FP32", shape: [-1, head.classes] })),
    head,
    headFile: { id: ++loaded, bytes: shared(head) },
    labels,
    featureScale,
    rowCost: costOf(head),
  };
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function headOf(path: string, bytes: Buffer): FixedClassifier {
  try {
    return extname(path) === ".json"
      ? FixedClassifier.fromJSON(JSON.parse(bytes.toString()))
      : FixedClassifier.fromSafetensors(bytes);
  } catch (error) {
    throw new Problem(`${path} is no head: ${(error as Error).message}`, { cause: error });
  }
}

function labelsOf(text: string, path: string, head: FixedClassifier): string[] {
  const labels = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (labels.at(-1) === "") labels.pop();
  if (labels.length !== head.classes) {
    throw new Problem(
      `${path} has ${labels.length} lines, but the head has ${head.classes} classes; give one line a class, empty where it has no name`,
    );
  }
  return labels;
}

function shared(head: FixedClassifier): SharedArrayBuffer {
  const bytes = head.toSafetensors();
  const copy = new SharedArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

/** A head is built by its first call; the least of a few more is what a row costs when nothing else runs. */
function costOf(head: FixedClassifier): number {
  const row = new Float32Array(head.features).fill(1);
  head.forward(row);
  let least = Number.POSITIVE_INFINITY;
  for (let call = 0; call < 5; call++) {
    const start = process.hrtime.bigint();
    head.forward(row);
    least = Math.min(least, Number(process.hrtime.bigint() - start));
  }
  return least;
}
