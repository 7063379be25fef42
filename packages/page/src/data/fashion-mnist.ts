import testImages from "../../../../examples/data/fashion-mnist-small/t10k-images-idx3-ubyte.gz?url";
import testLabels from "../../../../examples/data/fashion-mnist-small/t10k-labels-idx1-ubyte.gz?url";
import trainImages from "../../../../examples/data/fashion-mnist-small/train-images-idx3-ubyte.gz?url";
import trainLabels from "../../../../examples/data/fashion-mnist-small/train-labels-idx1-ubyte.gz?url";
import { gunzip } from "./gunzip.js";
import { parseIdx } from "./idx.js";

/** The edge of an image. */
export const SIDE = 28;
export const PIXELS = SIDE * SIDE;

export const CLASS_NAMES = [
  "T-shirt",
  "trousers",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
] as const;
export const CLASSES = CLASS_NAMES.length;

/** Grey values from 0 to 255, one row an image, and the class of each. */
export interface LabelledImages {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
  readonly count: number;
}

export type Part = "train" | "test";

const FILES: Record<Part, readonly [images: string, labels: string]> = {
  train: [trainImages, trainLabels],
  test: [testImages, testLabels],
};

/** @throws Error that says which file did not arrive, or is damaged */
export async function loadImages(part: Part): Promise<LabelledImages> {
  const [images, labels] = await Promise.all(FILES[part].map(load));
  return labelled(part, images as Uint8Array, labels as Uint8Array);
}

/** @throws RangeError if the two do not belong together */
export function labelled(part: Part, imageFile: Uint8Array, labelFile: Uint8Array): LabelledImages {
  const images = parseIdx(imageFile);
  const labels = parseIdx(labelFile);
  const [count, height, width] = images.shape;
  const fits = height === SIDE && width === SIDE && images.shape.length === 3;
  if (!fits || count !== labels.values.length || labels.values.some((label) => label >= CLASSES)) {
    throw new RangeError(`the ${part} images and labels do not belong together`);
  }
  return { pixels: images.values, labels: labels.values, count };
}

async function load(url: string): Promise<Uint8Array> {
  const name = url.split("/").at(-1);
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Error(`${name} could not be fetched: is there a connection?`, { cause: error });
  }
  if (!response.ok) throw new Error(`${name} could not be fetched: the server says ${response.status}`);
  try {
    return await gunzip(new Uint8Array(await response.arrayBuffer()));
  } catch (error) {
    throw new Error(`${name} arrived damaged`, { cause: error });
  }
}

/** One image as numbers from 0 to 1. */
export const imageAt = ({ pixels }: LabelledImages, index: number): Float32Array<ArrayBuffer> =>
  toUnit(pixels.subarray(index * PIXELS, (index + 1) * PIXELS));

export const toUnit = (pixels: Uint8Array): Float32Array<ArrayBuffer> =>
  Float32Array.from(pixels, (pixel) => pixel / 255);
