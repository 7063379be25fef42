import { FixedClassifier, type FixedClassifierOptions } from "fixed-classifier";
import { numbers } from "../read/fixtures/numbers.js";

type Code = FixedClassifierOptions["code"];

/** A head of every shape that a code's table has: one block and many, orders with a factor, assignments, stages, both rotations. */
export const CASES: Readonly<Record<string, readonly [features: number, classes: number, code: Code]>> = {
  "hadamard, a power of two": [64, 40, "hadamard"],
  "hadamard, both signs": [64, 120, "hadamard"],
  "hadamard, several blocks": [64, 700, "hadamard"],
  "hadamard, a factor of Paley": [84, 50, "hadamard"],
  "hadamard, a width without an order": [50, 70, "hadamard"],
  "hadamard, assigned": [32, 20, { name: "hadamard", assignment: [40, 3, 17, 900] }],
  sylvester: [48, 60, "sylvester"],
  simplex: [19, 15, "simplex"],
  orthoplex: [20, 30, "orthoplex"],
  cube: [9, 300, "cube"],
  orthogonal: [24, 10, "orthogonal"],
  learned: [24, 10, "learned"],
  product: [64, 30, { name: "product", width: 8 }],
  "product, a last row that is shorter": [67, 30, { name: "product", width: 16 }],
  "product, stages": [
    64,
    30,
    { name: "product", width: 4, stages: 3, normalised: false, weights: numbers(30 * 64) },
  ],
  "product, rotated, a power of two": [64, 30, { name: "product", width: 8, rotation: 7 }],
  "product, rotated, a factor": [84, 30, { name: "product", width: 8, rotation: 7 }],
  "product, rotated, two halves": [
    77,
    30,
    { name: "product", width: 8, stages: 2, rotation: 7, weights: numbers(30 * 77) },
  ],
};

export function headOf(name: string, bias = true): FixedClassifier {
  const [features, classes, code] = CASES[name];
  const head = new FixedClassifier({ features, classes, ...(code !== undefined && { code }), bias });
  head.bias?.set(numbers(classes).map((value) => value / classes));
  head.weights?.set(numbers(features * classes, 3).map((value) => value / classes));
  if (head.code.name !== "learned") head.scale = name === "sylvester" ? -2.5 : 7.25;
  return head;
}

/** Rows of features of all sizes, and one of zeros. */
export function rowsOf(features: number, rows = 5): Float32Array {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const x = Float32Array.from(
    { length: rows * features },
    (_, i) => next() * 10 ** (Math.floor(i / features) - 2),
  );
  return x.fill(0, 0, features);
}
