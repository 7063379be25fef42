/**
 * A product code that is learned: the layer keeps a matrix W, every call computes with its rounding to signed rows, and the gradient goes
 * straight through the rounding to W / ‖W‖, row by row (Bengio et al., *Estimating or propagating gradients through stochastic neurons*,
 * 2013; Courbariaux et al., *BinaryConnect*, NeurIPS 2015).
 */

import * as tf from "@tensorflow/tfjs";
import { expand } from "../../codes/rounding.js";
import { FixedClassifier } from "../../index.js";
import { randomUniform } from "../../random.js";
import type { LearnedProductOptions } from "./arguments.js";
import { load, tensorsOf, values } from "./operation.js";

/** Logits of features by the rounding of the vectors, differentiable by all four. */
export type StraightThrough = (
  x: tf.Tensor,
  scale: tf.Tensor,
  bias: tf.Tensor | null,
  vectors: tf.Tensor,
) => tf.Tensor;

/** The heads of matrices, each a rounding, of which the last one is kept: most calls come with the W of the call before. */
export class Rounding {
  readonly #head: FixedClassifier;
  #last: { readonly dataId: object; readonly rounded: Rounded } | null = null;

  /** @param head of code "product" with the settings of all the others */
  constructor(head: FixedClassifier) {
    this.#head = head;
  }

  /** The head of the rounded vectors, and the classes whose vectors are not finite: what it computes of these is not theirs. */
  of(vectors: tf.Tensor): Rounded {
    const { dataId } = vectors;
    if (this.#last?.dataId !== dataId) this.#last = { dataId, rounded: this.#round(values(vectors)) };
    return this.#last.rounded;
  }

  #round(vectors: Float32Array): Rounded {
    const { settings, bias, backend } = this.#head;
    const { features, classes } = settings;
    const lost = notFinite(vectors, features);
    const finite = lost.length === 0 ? vectors : vectors.map((v) => (Number.isFinite(v) ? v : 0));
    const { width, seed } = settings.code as { width: number; seed: number };
    const code = { name: "product", width, seed, weights: finite } as const;
    const { learnScale } = settings;
    return {
      head: new FixedClassifier({ features, classes, code, learnScale, bias: bias !== null, backend }),
      lost,
    };
  }
}

export interface Rounded {
  readonly head: FixedClassifier;
  readonly lost: readonly number[];
}

function notFinite(vectors: Float32Array, features: number): number[] {
  const lost = new Set<number>();
  vectors.forEach((v, i) => {
    if (!Number.isFinite(v)) lost.add(Math.floor(i / features));
  });
  return [...lost];
}

/** Where the matrix starts: at the vectors that are given, the rest at random, with rows of about unit length. */
export function startVectors(
  { settings, code }: FixedClassifier,
  { weights, assignment, packed }: LearnedProductOptions,
): Float32Array {
  const { features, classes } = settings;
  const { width, seed } = settings.code as { width: number; seed: number };
  const vectors = randomUniform(classes * features, Math.sqrt(3 / features), seed);
  if (weights) {
    vectors.set(weights);
    return vectors;
  }
  const count = Math.ceil(features / width);
  const rows = code.assignment as Uint8Array;
  const known = packed ? classes : (assignment?.length ?? 0) / count;
  const signs = new Int8Array(features);
  for (let c = 0; c < known; c++) {
    expand(rows.subarray(c * count, (c + 1) * count), width, signs);
    vectors.set(
      Float32Array.from(signs, (sign) => sign / Math.sqrt(features)),
      c * features,
    );
  }
  return vectors;
}

export function straightThrough(rounding: Rounding): StraightThrough {
  const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [x, vectors, scale, bias = null] = args as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
    const { head, lost } = rounding.of(vectors);
    load(head, scale, bias);
    const logits = head.forward(values(x));
    for (const c of lost) for (let at = c; at < logits.length; at += head.classes) logits[at] = Number.NaN;
    const value = tf.tensor(logits, [...x.shape.slice(0, -1), head.classes]);
    save(args as tf.Tensor[]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [x, vectors, scale, bias = null] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor?];
      try {
        const { head, lost } = rounding.of(vectors);
        load(head, scale, bias);
        const gradient = head.backward(values(x), values(dy), { weightGradient: true });
        const [ofX, ...rest] = tensorsOf(gradient, x, scale) as [tf.Tensor, ...tf.Tensor[]];
        const known = lost.length === 0 ? ofX : tf.fill(ofX.shape, Number.NaN);
        const ofVectors = tf.tensor(gradient.weights as Float32Array, vectors.shape);
        return [known, throughLength(ofVectors, vectors), ...rest];
      } catch (error) {
        tf.dispose(saved);
        throw error;
      }
    };
    return { value, gradFunc };
  });
  return (x, scale, bias, vectors) =>
    operation(...(bias === null ? [x, vectors, scale] : [x, vectors, scale, bias]));
}

/** The gradient of W from that of W / ‖W‖; a row of zeros has no direction, and takes it as it is. */
function throughLength(gradient: tf.Tensor, vectors: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const length = vectors.norm("euclidean", 1, true);
    const divisor = tf.where(tf.equal(length, 0), tf.onesLike(length), length);
    const unit = vectors.div(divisor);
    const along = gradient.mul(unit).sum(1, true);
    return gradient.sub(unit.mul(along)).div(divisor);
  });
}
