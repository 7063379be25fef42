import { FixedClassifier } from "fixed-classifier";
import type { LastLayer } from "../last-layer.js";
import { adapted } from "./adapter.js";
import type { Answerer } from "./answer.js";
import { authorsHead } from "./original.js";

/** A product code: so many features a sub-vector, as a sum of so many: log2(2·width)·stages / width bits a weight. */
export interface ProductCode {
  readonly width: number;
  readonly stages: number;
}

/** Half a bit a weight, three quarters, one and a half, and two. */
export const PRODUCT_CODES: readonly ProductCode[] = [
  { width: 8, stages: 1 },
  { width: 4, stages: 1 },
  { width: 4, stages: 2 },
  { width: 8, stages: 4 },
];

export interface ConvertOptions {
  /** Default: `PRODUCT_CODES`. */
  readonly codes?: readonly ProductCode[];
  /** Width of the linear layer before a fixed head, or false: no such candidate. Default: half of the classes, where it takes half of the original's bytes, and at most the features. */
  readonly adapter?: number | false;
  /** The part of the rows held out that must have the original's best class, from 0 to 1. Default 0.99. */
  readonly minAgreement?: number;
  /** So many of the best classes of a product code are scored again by the original rows, which it keeps in float16 then. Default: none. */
  readonly rerank?: number;
  /** Whether product codes are improved by the rows that the layer is not sure of; it takes some twenty rows a class. Default false. */
  readonly refine?: boolean;
  /** The part of the rows that candidates are judged by and not made of. Default 0.2, at least 100 rows. */
  readonly heldOut?: number;
  /** Of the split: an unsigned 32-bit integer. Default 0. */
  readonly seed?: number;
  /** Told before each candidate is made, for it takes a while. */
  readonly onCandidate?: (name: string, index: number, count: number) => void;
}

/** A candidate before it is made, which may take a minute. */
export interface Plan {
  readonly name: string;
  readonly make: () => Answerer | Promise<Answerer>;
}

export function plansOf(
  layer: LastLayer,
  learned: FixedClassifier,
  calibration: Float32Array,
  { codes = PRODUCT_CODES, adapter, rerank, refine = false, seed = 0 }: ConvertOptions,
): Plan[] {
  const { hadamard, features, classes } = layer;
  if (hadamard !== null)
    return [
      {
        name: "sylvester",
        make: () => ({ head: authorsHead(layer, hadamard), adapter: null, rerank: null }),
      },
    ];
  const dense = { features, classes, weights: layer.weights, bias: layer.bias };
  const plans: Plan[] = codes.map(({ width, stages }) => ({
    name: `product:${width}x${stages}`,
    make: async () => ({
      head: await FixedClassifier.fromDense(dense, {
        code: { name: "product", width, stages, seed },
        calibration,
        refine,
        originals: rerank !== undefined,
      }),
      adapter: null,
      rerank: rerank === undefined ? null : Math.min(rerank, classes),
    }),
  }));
  if (adapter !== false) {
    const width = adapter ?? Math.min(features, Math.ceil(classes / 2));
    plans.push({
      name: `adapter:${width}`,
      make: () => adapted(layer, calibration, width),
    });
  }
  plans.push({ name: "learned", make: () => ({ head: learned, adapter: null, rerank: null }) });
  return plans;
}
