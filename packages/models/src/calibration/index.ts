/** Rows of features that a last layer is converted by, from files or from images. */

import { statSync } from "node:fs";
import type { CalibrationRows } from "../convert/rows.js";
import { unreadable } from "../files.js";
import type { LastLayer } from "../last-layer.js";
import type { OnnxModel } from "../onnx/index.js";
import { Problem } from "../problem.js";
import { readFeatures } from "./features.js";
import { featuresOfImages, type ImageOptions, imagesOf } from "./images.js";
import { readLabels } from "./labels.js";

export type { ImageOptions } from "./images.js";

export interface CalibrationFileOptions {
  /** A `.npy` of whole numbers, or a text with a label a line; default: none. */
  readonly labels?: string | undefined;
  /** The array of features, in a file that has several. */
  readonly tensor?: string | undefined;
  /** How images are prepared. */
  readonly images?: ImageOptions;
}

/** Fewer rows than these say little of what features are like. */
const FEW = 100;

/**
 * @param model what computes features of images; null where the layer comes from another file than an ONNX model
 * @param onFew told how many rows there are where they are too few to trust what is measured
 */
export async function readCalibration(
  path: string,
  layer: LastLayer,
  model: OnnxModel | null,
  { labels, tensor, images = {} }: CalibrationFileOptions = {},
  onFew: (rows: number) => void = () => undefined,
): Promise<CalibrationRows> {
  const { features, classes, classNames } = layer;
  const labelsOf = (rows: number) =>
    labels === undefined ? null : readLabels(labels, { rows, classes, classNames });
  if (isFolder(path)) {
    if (model === null) {
      throw new Problem(
        `${path} is a folder of images, and ${layer.origin.file} is no ONNX model that could make features of them: export the model as ONNX, or give features as .npy`,
      );
    }
    const rows = imagesOf(path).length;
    if (rows < FEW) onFew(rows);
    // Images take minutes; what is wrong with the labels is said before.
    const given = rows === 0 ? null : labelsOf(rows);
    return { x: await featuresOfImages(path, model, images), labels: given };
  }
  const x = readFeatures(path, features, tensor);
  const rows = x.length / features;
  if (rows < FEW) onFew(rows);
  return { x, labels: labelsOf(rows) };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}
