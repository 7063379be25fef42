import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TypedTensor } from "onnxruntime-node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll } from "vitest";
import type { LastLayer } from "../../src/last-layer.js";
import type { HeadGraph, ModelProto } from "../../src/onnx/index.js";
import { floatTensor, modelPieces, nodeOf } from "../../src/onnx/index.js";
import { float16Bytes, toFloat32 } from "../../src/tensors/index.js";
import { bytesOf, DataType, flipped } from "./fixtures/model.js";

/** A folder of the test's own, gone afterwards. */
export function ownFolder(): { path(name: string): string; file(model: ModelProto, name?: string): string } {
  const folder = mkdtempSync(join(tmpdir(), "onnx-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = (name: string) => join(folder, name);
  return {
    path,
    file: (model, name = "model.onnx") => {
      writeFileSync(path(name), bytesOf(model));
      return path(name);
    },
  };
}

/** What onnxruntime makes of a model: all its outputs as float32, by name. */
export async function run(
  model: ModelProto | string,
  x: Float32Array,
  dims: readonly number[],
): Promise<Record<string, { dims: readonly number[]; values: Float32Array }>> {
  const options = { graphOptimizationLevel: "basic", intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const session =
    typeof model === "string"
      ? await InferenceSession.create(model, options)
      : await InferenceSession.create(Buffer.concat(modelPieces(model)), options);
  const [meta] = session.inputMetadata;
  const half = meta.isTensor && meta.type === "float16";
  const input = half
    ? new Tensor("float16", new Uint16Array(float16Bytes(x).buffer), dims)
    : new Tensor("float32", x, dims);
  const results = await session.run({ [session.inputNames[0]]: input });
  const outputs = Object.entries(results).map(([name, tensor]) => [
    name,
    { dims: tensor.dims, values: floatsOf(tensor) },
  ]);
  await session.release();
  return Object.fromEntries(outputs);
}

function floatsOf(tensor: Tensor): Float32Array {
  const { data } = tensor as TypedTensor<"float32"> | TypedTensor<"float16"> | TypedTensor<"int64">;
  if (tensor.type === "float16")
    return toFloat32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), "float16");
  return Float32Array.from(data as ArrayLike<number | bigint>, Number);
}

/** W·x + b in float64. */
export function logitsOf({ features, classes, weights, bias }: LastLayer, x: Float32Array): Float64Array {
  const rows = x.length / features;
  return Float64Array.from({ length: rows * classes }, (_, i) => {
    const row = Math.floor(i / classes);
    const c = i % classes;
    let sum = bias?.[c] ?? 0;
    for (let j = 0; j < features; j++) sum += weights[c * features + j] * x[row * features + j];
    return sum;
  });
}

/** The dense layer again, as a head to attach. */
export function denseHead({ features, classes, weights, bias }: LastLayer): HeadGraph {
  return {
    input: "in",
    output: "out",
    minOpset: 7,
    nodes: [nodeOf("MatMul", ["in", "W"], ["product"]), nodeOf("Add", ["product", "B"], ["out"])],
    initializers: [
      floatTensor("W", [features, classes], flipped(weights, classes, features)),
      floatTensor("B", [classes], bias ?? new Float32Array(classes)),
    ],
  };
}

/** What an output is of the logits of each row. */
export function tailOf(kind: string | undefined, logits: Float64Array, classes: number): Float64Array {
  if (kind === undefined) return logits;
  if (kind === "sigmoid") return logits.map((z) => 1 / (1 + Math.exp(-z)));
  return logits.map((z, i) => {
    const row = logits.subarray(i - (i % classes), i - (i % classes) + classes);
    const log = z - Math.log(row.reduce((sum, other) => sum + Math.exp(other), 0));
    return kind === "softmax" ? Math.exp(log) : log;
  });
}

export function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Array.from({ length: a.length }, (_, i) => Math.abs(a[i] - b[i])).reduce(
    (most, d) => Math.max(most, d),
    0,
  );
}

export { DataType };
