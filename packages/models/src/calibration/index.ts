/** Rows of features that a last layer is converted by, from files or from images. */

import type { CalibrationRows } from "../convert/rows.js";
import { isFolder } from "../files.js";
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

/** @param model what computes features of images; null where the layer comes from another file than an ONNX model */
export async function readCalibration(
  path: string,
  layer: LastLayer,
  model: OnnxModel | null,
  { labels, tensor, images = {} }: CalibrationFileOptions = {},
): Promise<CalibrationRows> {
  const { features, classes, classNames } = layer;
  const labelsOf = (rows: number) =>
    labels === undefined ? null : readLabels(labels, { rows, classes, classNames });
  if (isFolder(path)) {
    if (tensor !== undefined)
      throw new Problem(`${path} is a folder of images, and --tensor ${tensor} is of a file: leave it out`);
    if (model === null) {
      throw new Problem(
        `${path} is a folder of images, and ${layer.origin.file} is no ONNX model that could make features of them: export the model as ONNX, or give features as .npy`,
      );
    }
    // Images take minutes; what is wrong with the labels is said before.
    const rows = imagesOf(path).length;
    const given = rows === 0 ? null : labelsOf(rows);
    return { x: await featuresOfImages(path, model, images), labels: given };
  }
  refuseImageOptions(path, images);
  const x = readFeatures(path, features, tensor);
  return { x, labels: labelsOf(x.length / features) };
}

/** Whoever gives an option expects that it counts. */
function refuseImageOptions(path: string, { mean, std, layout, size }: ImageOptions): void {
  const options = { mean, std, "image-layout": layout, size };
  for (const [name, value] of Object.entries(options))
    if (value !== undefined)
      throw new Problem(`${path} has features, and --${name} ${value} is for images: leave it out`);
}
