import { readFile } from "node:fs/promises";
import { unreadable } from "fixed-classifier-models/files";
import { loadBackbone } from "./backbone.js";
import { costOf, readHead, sharedFile } from "./head.js";
import { labelsOf } from "./labels.js";
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
    settingsText === undefined
      ? DEFAULTS
      : await settingsOf(settingsText.toString(), place.settings as string);
  const { head, labels: own } = readHead(place.head, bytes);
  const labels =
    labelText === undefined ? own : labelsOf(labelText.toString(), place.labels as string, head.classes);
  const rowCost = costOf(head);
  const backbone = place.backbone === undefined ? undefined : await loadBackbone(place.backbone, head);
  return {
    name,
    version: place.version,
    platform: backbone === undefined ? "fixed_classifier_head" : "fixed_classifier_onnx",
    inputs: backbone?.inputs ?? [{ name: "features", datatype: "FP32", shape: [-1, head.features] }],
    outputs: outputs.map((output) => ({ name: output, datatype: "FP32", shape: [-1, head.classes] })),
    ...{ head, headFile: { id: ++loaded, bytes: sharedFile(head) }, labels, featureScale, rowCost },
    ...(backbone && { backbone }),
  };
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}
