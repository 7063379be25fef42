import type { OnnxModel } from "../onnx/index.js";
import { TensorProto_DataType } from "../onnx/index.js";
import { Problem } from "../problem.js";
import type { ImageOptions } from "./images.js";

/** What a model takes for images. */
export interface ImageInput {
  readonly name: string;
  /** How many at a time; null: any number. */
  readonly batch: number | null;
  /** Of one image, in the order of `layout`. */
  readonly shape: readonly number[];
  readonly layout: "nchw" | "nhwc";
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Numbers of one image. */
  readonly values: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const SIZE = 224;
const MOST = 4096;

const isChannels = (size: number | null): boolean => size === 1 || size === 3;

export function inputOf({ proto, path }: OnnxModel, options: ImageOptions): ImageInput {
  const fail = (reason: string): never => {
    throw new Problem(`${path} ${reason}: compute features elsewhere, and give them as .npy`);
  };
  const graph = proto.graph;
  const stored = new Set(graph?.initializer.map(({ name }) => name));
  const inputs = graph?.input.filter(({ name }) => !stored.has(name)) ?? [];
  if (inputs.length !== 1)
    return fail(
      `takes ${inputs.length} inputs (${inputs.map(({ name }) => name).join(", ")}), and an image is one`,
    );
  const [{ name, type }] = inputs;
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  if (tensor?.elemType !== TensorProto_DataType.FLOAT) return fail(`takes ${name}, which is not of float32`);
  const dims = tensor.shape?.dim.map(({ value }) =>
    value.case === "dimValue" && value.value > 0n ? Number(value.value) : null,
  );
  if (dims?.length !== 4)
    return fail(`takes ${name} of ${dims?.length ?? "unknown"} axes, where images have four`);
  const [batch, second, , last] = dims;
  const layout = options.layout ?? (isChannels(second) || !isChannels(last) ? "nchw" : "nhwc");
  const [channels, height, width] = layout === "nchw" ? [second, dims[2], last] : [last, second, dims[2]];
  const size = options.size ?? SIZE;
  const [c, h, w] = [channels ?? 3, height ?? size, width ?? size];
  if (!isChannels(c))
    return fail(
      `takes ${name} of ${c} channels as ${layout}, where images have 3 or 1 (--image-layout nhwc or nchw says where)`,
    );
  if (!(Number.isInteger(size) && size >= 1) || h > MOST || w > MOST)
    return fail(`takes images of ${h} × ${w}, and from 1 to ${MOST} pixels are possible`);
  if (options.size !== undefined && height !== null && width !== null && (h !== size || w !== size))
    throw new Problem(
      `${path} takes images of ${h} × ${w} and of no other size: leave --size ${size} out, or export the model with axes of any size`,
    );
  const { mean = c === 1 ? [0.5] : MEAN, std = c === 1 ? [0.5] : STD } = options;
  if (
    mean.length !== c ||
    std.length !== c ||
    !std.every((value) => value > 0) ||
    !mean.every(Number.isFinite)
  )
    throw new Problem(
      `--mean ${mean} and --std ${std}: give ${c === 1 ? "one number" : "three numbers"} each, for ${name} has ${c} channels, and --std above 0`,
    );
  const shape = layout === "nchw" ? [c, h, w] : [h, w, c];
  return { name, batch, shape, layout, height: h, width: w, channels: c, values: c * h * w, mean, std };
}
