import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { unreadable } from "../files.js";
import type { OnnxModel } from "../onnx/index.js";
import { Problem } from "../problem.js";
import { firstNotFinite } from "../tensors/index.js";
import { type ImageInput, inputOf } from "./image-input.js";
import { optional } from "./optional.js";
import { withTrunk } from "./trunk.js";

/** How a network's authors prepared images. Defaults: those of ImageNet, as torchvision and timm have them. */
export interface ImageOptions {
  /** Of each channel of values from 0 to 1; default 0.485, 0.456, 0.406. */
  readonly mean?: readonly number[];
  /** What is left is divided by these; default 0.229, 0.224, 0.225. */
  readonly std?: readonly number[];
  /** Where the channels are; default: where the model's input has an axis of 3 or 1. */
  readonly layout?: "nchw" | "nhwc";
  /** Height and width of images, where the model does not say; default 224. */
  readonly size?: number;
  readonly onImages?: (done: number, count: number) => void;
}

/** Read and computed at a time, where a model takes any number. */
const TOGETHER = 8;

/** Images of a folder and of those in it, in the order of their paths: labels are in this order. */
export function imagesOf(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => /\.(png|jpe?g|webp|gif|tiff?|avif)$/i.test(entry.name) && !entry.name.startsWith("."))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** What the model, up to its last layer, makes of images: ONNX Runtime runs it. */
export async function featuresOfImages(
  folder: string,
  model: OnnxModel,
  options: ImageOptions = {},
): Promise<Float32Array> {
  const files = imagesOf(folder);
  if (files.length === 0)
    throw new Problem(
      `${folder} has no images (png, jpg, webp, gif, tiff, avif): give a folder that has some`,
    );
  const input = inputOf(model, options);
  const sharp = await optional("sharp", () => import("sharp"));
  const { features } = model.lastLayer;
  const x = new Float32Array(files.length * features);
  const together = input.batch ?? TOGETHER;
  await withTrunk(model, input, async (trunk) => {
    for (let first = 0; first < files.length; first += together) {
      const some = files.slice(first, first + together);
      const pixels = new Float32Array(together * input.values);
      await Promise.all(
        some.map(async (file, i) => {
          pixels.set(await pixelsOf(sharp.default, file, input), i * input.values);
        }),
      );
      const found = await trunk(pixels, some.length);
      const bad = firstNotFinite(found);
      if (bad >= 0) {
        throw new Problem(
          `${some[Math.floor(bad / features)]}: the network makes ${found[bad]} of it in column ${bad % features}: look at --mean and --std, or leave the image out`,
        );
      }
      x.set(found, first * features);
      options.onImages?.(first + some.length, files.length);
    }
  });
  return x;
}

/** The middle of an image, as large as fits, as floats in the order that the model takes. */
async function pixelsOf(
  sharp: typeof import("sharp"),
  file: string,
  { height, width, channels, layout, mean, std, values }: ImageInput,
): Promise<Float32Array> {
  let raw: Buffer;
  let found: number;
  try {
    const image = sharp(file)
      .autoOrient()
      .flatten({ background: "white" })
      .resize(width, height, { fit: "cover" });
    const { data, info } = await image
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    [raw, found] = [data, info.channels];
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    throw new Problem(`${file} is damaged or no image (${reason}): mend or remove it`, { cause: error });
  }
  const out = new Float32Array(values);
  const pixels = height * width;
  for (let c = 0; c < channels; c++) {
    for (let p = 0; p < pixels; p++) {
      const value = (raw[p * found + Math.min(c, found - 1)] / 255 - mean[c]) / std[c];
      out[layout === "nchw" ? c * pixels + p : p * channels + c] = value;
    }
  }
  return out;
}
