import type { FixedClassifier, HeadTable } from "fixed-classifier";
import { TensorProto_DataType } from "../../onnx/index.js";
import type { GraphBuilder } from "./builder.js";
import { sylvester } from "./kronecker.js";

export type ProductTable = Extract<HeadTable, { kind: "product" }>;

/**
 * The class vectors of a product code, classes × features, from constants only: bytes choose rows of a table that has all signed rows of the
 * short matrix, or all pairs or fours of them where so many fit a byte. Runtimes compute it once, when they load the model; it is the file
 * that is small. To look up a row's own products instead, as the core does, costs a Gather of classes × sub-vectors elements a row, which is
 * slower than the product with all class vectors.
 */
export function productVectors(
  g: GraphBuilder,
  { code, classes }: FixedClassifier,
  table: ProductTable,
): string {
  const { width, stages, features, magnitudes } = table;
  const count = Math.ceil(features / width);
  const signed = 2 * width;
  const together = Math.floor(8 / Math.log2(signed));
  const bytes = Math.ceil(count / together);
  const rows = code.assignment as Uint8Array;
  const packed = new Uint8Array(classes * stages * bytes);
  for (let vector = 0; vector < classes * stages; vector++) {
    for (let j = 0; j < count; j++)
      packed[vector * bytes + Math.floor(j / together)] +=
        rows[vector * count + j] * signed ** (j % together);
  }
  const length = together * width;
  const choices = signed ** together;
  const book = new Float32Array(choices * length);
  for (let choice = 0; choice < choices; choice++) {
    for (let i = 0; i < length; i++) {
      const row = Math.floor(choice / signed ** Math.floor(i / width)) % signed;
      book[choice * length + i] = (row < width ? 1 : -1) * sylvester(row % width, i % width);
    }
  }
  const indices = g.node("Cast", [g.bytes("rows", packed)], {
    to: BigInt(TensorProto_DataType.INT32),
  });
  const chosen = g.node("Gather", [g.floats("signed_rows", [choices, length], book), indices], { axis: 0n });
  let vectors = g.reshape(chosen, [classes * stages, bytes * length]);
  if (bytes * length !== features) vectors = g.slice(vectors, 0, features);
  if (magnitudes === null) return vectors;
  // Magnitudes as a matrix: a class's vector is the sum of its stages' vectors.
  const weights = g.floats("magnitudes", [classes, 1, stages], magnitudes);
  const sums = g.node("MatMul", [weights, g.reshape(vectors, [classes, stages, features])]);
  return g.reshape(sums, [classes, features]);
}
