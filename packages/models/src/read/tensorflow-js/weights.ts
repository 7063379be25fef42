/** The weights of TensorFlow.js: groups of shards, one weight behind the other, plain or quantised. */

import { dirname, join } from "node:path";
import { type Bytes, joined, openBytes } from "../../containers/bytes.js";
import { isObject, type JsonObject } from "../../containers/json.js";
import { Problem } from "../../problem.js";
import { toFloat32 } from "../../tensors/index.js";
import type { Floats } from "../candidate.js";
import { plainName } from "../inside.js";

const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
  complex64: 8,
};

/** A weight of the manifest; where it is in its group is not known behind strings, which have lengths of their own. */
interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization: Quantization | null;
  readonly group: () => Bytes;
  readonly at: number | null;
}

interface Quantization {
  readonly dtype: string;
  readonly scale: number;
  readonly min: number;
}

export type Weights = ReadonlyMap<string, Weight>;

/** @param path of model.json */
export function readManifest(path: string, manifest: unknown): Weights {
  if (!Array.isArray(manifest))
    throw new Problem(`${path} has no weightsManifest. Save the model again with its weights`);
  const weights = new Map<string, Weight>();
  for (const group of manifest) {
    if (!isObject(group) || !Array.isArray(group.paths) || !Array.isArray(group.weights))
      throw new Problem(`${path}: a group of its weightsManifest has no paths and weights`);
    const files = group.paths.map((name) => join(dirname(path), plainName(path, name)));
    const bytes = () => joined(files.join(" + "), files.map(openBytes));
    let at: number | null = 0;
    for (const entry of group.weights) {
      const weight = readWeight(path, entry, bytes, at);
      if (weights.has(weight.name)) throw new Problem(`${path} has the weight ${weight.name} twice`);
      weights.set(weight.name, weight);
      at = weight.dtype === "string" || at === null ? null : at + sizeOf(weight);
    }
  }
  return weights;
}

function readWeight(path: string, entry: unknown, group: () => Bytes, at: number | null): Weight {
  if (!isObject(entry) || typeof entry.name !== "string")
    throw new Problem(`${path}: a weight of its weightsManifest has no name`);
  const { name, shape, dtype, quantization } = entry;
  const fail = (reason: string): never => {
    throw new Problem(`${path}: the weight ${name} ${reason}`);
  };
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    return fail("has no shape");
  if (typeof dtype !== "string" || (dtype !== "string" && !Object.hasOwn(BYTES, dtype)))
    return fail(`has the dtype ${JSON.stringify(dtype)}, which there is not`);
  const quantised =
    quantization === undefined || quantization === null ? null : readQuantization(quantization, fail);
  return { name, shape, dtype, quantization: quantised, group, at };
}

function readQuantization(value: unknown, fail: (reason: string) => never): Quantization {
  const { dtype, scale = 1, min = 0 } = isObject(value) ? value : ({} as JsonObject);
  if (dtype !== "uint8" && dtype !== "uint16" && dtype !== "float16")
    return fail(`is quantised as ${JSON.stringify(dtype)}; uint8, uint16 and float16 are read`);
  if (typeof scale !== "number" || typeof min !== "number")
    return fail("has no scale and min of its quantisation");
  return { dtype, scale, min };
}

const sizeOf = ({ shape, dtype, quantization }: Weight): number =>
  shape.reduce((product, size) => product * size, BYTES[quantization?.dtype ?? dtype] ?? 0);

/** A weight as numbers: what is quantised is made floats of as TensorFlow.js does, scale · q + min. */
export function floatsOf(path: string, weight: Weight): Floats {
  const { name, shape, dtype, quantization, group, at } = weight;
  return {
    name,
    shape,
    type: quantization?.dtype === "float16" ? "float16" : "float32",
    ...(quantization && quantization.dtype !== "float16" && { quantised: quantization.dtype }),
    read() {
      if (dtype !== "float32")
        throw new Problem(`${path}: the weight ${name} is ${dtype}, no floating-point numbers`);
      if (at === null)
        throw new Problem(
          `${path}: the weight ${name} stands behind strings. Save the model again without them`,
        );
      const bytes = group().read(at, sizeOf(weight));
      if (quantization === null) return toFloat32(bytes, "float32");
      if (quantization.dtype === "float16") return toFloat32(bytes, "float16");
      const { scale, min } = quantization;
      const numbers = quantization.dtype === "uint8" ? bytes : uint16(bytes);
      return Float32Array.from(numbers, (q) => q * scale + min);
    },
  };
}

function uint16(bytes: Uint8Array): Uint16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Uint16Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true));
}
