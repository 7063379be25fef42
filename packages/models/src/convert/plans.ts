import { FixedClassifier, type FixedClassifierOptions } from "fixed-classifier";
import type { LastLayer } from "../last-layer.js";
import { adapted } from "./adapter.js";
import type { Answerer } from "./answer.js";
import { authorsHead } from "./original.js";

/** A product code: so many features a sub-vector, as a sum of so many: log2(2·width)·stages / width bits a weight. */
export interface ProductCode {
  readonly width: number;
  readonly stages: number;
}

/** What a name ends with where the original rows are beside the code. */
export const ORIGINALS = "+originals";

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
  /** Width of the linear layer before a fixed head, or false: no such candidate. From 2. Default: half of the classes, where it takes half of the original's bytes, and at most the features. */
  readonly adapter?: number | false;
  /** The part of the rows held out that must have the original's best class, from 0 to 1. Default 0.99. */
  readonly minAgreement?: number;
  /** Product codes are tried with the original rows beside them in float16 too, by which so many of their best classes are scored again. Default: none. */
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

/** Candidates before they are made, which may take a minute; those of one plan have the same code. */
export interface Plan {
  readonly name: string;
  readonly make: () => NamedAnswerer[] | Promise<NamedAnswerer[]>;
}

export interface NamedAnswerer extends Answerer {
  readonly name: string;
}

export function plansOf(
  layer: LastLayer,
  learned: FixedClassifier,
  calibration: Float32Array,
  options: ConvertOptions,
): Plan[] {
  const { hadamard, features, classes } = layer;
  if (hadamard !== null) return [single("sylvester", () => alone(authorsHead(layer, hadamard)))];
  const { codes = PRODUCT_CODES, adapter } = options;
  const plans = codes.map((code) => productPlan(layer, calibration, code, options));
  if (adapter !== false) {
    const width = adapter ?? Math.max(2, Math.min(features, Math.ceil(classes / 2)));
    plans.push(single(`adapter:${width}`, () => adapted(layer, calibration, width)));
  }
  plans.push(single("learned", () => alone(learned)));
  return plans;
}

const alone = (head: FixedClassifier): Answerer => ({ head, adapter: null, rerank: null });

const single = (name: string, make: () => Answerer): Plan => ({
  name,
  make: () => [{ name, ...make() }],
});

/** With originals and without: rounding takes its time once. */
function productPlan(
  { features, classes, weights, bias }: LastLayer,
  calibration: Float32Array,
  { width, stages }: ProductCode,
  { rerank, refine = false, seed = 0 }: ConvertOptions,
): Plan {
  const name = `product:${width}x${stages}`;
  return {
    name,
    make: async () => {
      const head = await FixedClassifier.fromDense(
        { features, classes, weights, bias },
        {
          code: { name: "product", width, stages, seed },
          calibration,
          refine,
          originals: rerank !== undefined,
        },
      );
      if (rerank === undefined) return [{ name, ...alone(head) }];
      const again = { name: `${name}${ORIGINALS}`, head, adapter: null, rerank: Math.min(rerank, classes) };
      return [{ name, ...alone(withoutOriginals(head)) }, again];
    },
  };
}

function withoutOriginals(head: FixedClassifier): FixedClassifier {
  const { settings, scale, bias } = head;
  const bare = new FixedClassifier({
    ...settings,
    code: { ...settings.code, originals: null } as NonNullable<FixedClassifierOptions["code"]>,
    bias: bias !== null,
  });
  bare.scale = scale;
  if (bias !== null) bare.bias?.set(bias);
  return bare;
}
