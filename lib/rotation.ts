import type { Backend } from "./backends/backend.js";
import { defaultBackend } from "./backends/create.js";
import { checkBackend } from "./backends/select.js";
import { checkArray, checkBoolean, checkInteger, checkRows, describe, typedArrayLength } from "./checks.js";
import { MAX_ORDER } from "./hadamard/orders.js";
import { readOptions } from "./options.js";
import { MAX_SEED, rotationTable } from "./rotation-table.js";

/** Options of {@link rotation}. */
export interface RotationOptions {
  /** Length n of one row: any from 1 to 2²⁴. */
  length: number;
  /** An integer from 0 to 2³² − 1. Another seed is another rotation; the same is the same one on every machine. Default 0. */
  seed?: number;
  /**
   * How often signs and transforms follow each other, 1 … 4; the time grows with it. One round (the default) spreads what is large in a few
   * coordinates over all; after two also rows of one or two coordinates look like normal noise: docs/rotation.md.
   */
  rounds?: number;
  /** Default: the fastest that loads. The bits are the same. */
  backend?: Backend;
}

/** Options of `plan` of a {@link Rotation}. */
export interface RotationPlanOptions {
  /** Whether the plan undoes the rotation. Default false. */
  inverse?: boolean;
}

/** A random orthonormal rotation, made by {@link rotation}. */
export interface Rotation {
  /** Length n of a row. */
  readonly length: number;
  /** What its signs are drawn from. */
  readonly seed: number;
  /** How often signs and transforms follow each other. */
  readonly rounds: number;
  /**
   * Rotates every row in place.
   *
   * @param x rows of n elements each, none or more
   * @returns x
   * @throws TypeError if x is no Float32Array, or is detached
   * @throws RangeError if x holds no whole number of rows
   */
  apply<T extends Float32Array>(x: T): T;
  /**
   * Undoes {@link Rotation.apply} in place, up to rounding: docs/numerics.md has the bound.
   *
   * @param x rows of n elements each, none or more
   * @returns x
   * @throws as `apply` does
   */
  invert<T extends Float32Array>(x: T): T;
  /**
   * `apply`, or `invert` with `{ inverse: true }`, bound to one array: checks once, and is the cheapest call there is.
   *
   * @returns a function that rotates what the array holds when it is called; it throws a TypeError once the array is detached or its
   * length has changed
   * @throws as `apply` does
   */
  plan(x: Float32Array, options?: RotationPlanOptions | null): () => void;
}

const MAX_ROUNDS = 4;

/**
 * A seeded random orthonormal rotation of any length, made of sign flips and Hadamard transforms: n·log2(n) additions a row and n bits to
 * keep, where a dense matrix takes n² of both. It keeps norms, distances and inner products, and spreads what is large in a few
 * coordinates over all of them, which is what quantisers of vectors want.
 *
 * @returns a frozen object; the rotation it stands for never changes
 * @throws TypeError for an option of the wrong type, or one that does not exist
 * @throws RangeError for a length, a seed or rounds out of range
 * @example
 * const r = rotation({ length: 1000, seed: 7 });
 * const x = new Float32Array(3 * 1000).fill(1); // three rows
 * r.apply(x); // in place
 * r.invert(x); // 1, 1, … again, up to rounding
 */
export function rotation(options: RotationOptions): Rotation {
  const {
    length,
    seed = 0,
    rounds = 1,
    backend = defaultBackend(),
  } = readOptions("rotation", options, ["length", "seed", "rounds", "backend"]);
  if (length === undefined) {
    throw new TypeError(
      `rotation needs the length of a row: rotation({ length: 1000 }), got ${describe(options)}`,
    );
  }
  checkInteger("length", length, 1, MAX_ORDER);
  checkInteger("seed", seed, 0, MAX_SEED);
  checkInteger("rounds", rounds, 1, MAX_ROUNDS);
  checkBackend(backend);
  const kernels = backend.rotation(rotationTable(length, seed, rounds));

  function check(x: unknown): asserts x is Float32Array {
    checkArray("x", x, "Float32Array");
    checkRows("x", x, length, "elements");
  }

  function rotate<T extends Float32Array>(x: T, inverse: boolean): T {
    check(x);
    kernels.rotate(x, inverse);
    return x;
  }

  return Object.freeze({
    length,
    seed,
    rounds,
    apply: <T extends Float32Array>(x: T) => rotate(x, false),
    invert: <T extends Float32Array>(x: T) => rotate(x, true),
    plan(x: Float32Array, planOptions?: RotationPlanOptions | null) {
      const { inverse = false } = readOptions("plan", planOptions, ["inverse"]);
      check(x);
      checkBoolean("inverse", inverse);
      const elements = typedArrayLength(x);
      const run = kernels.plan(x, inverse);
      return () => {
        if (typedArrayLength(x) !== elements) {
          throw new TypeError(
            `x was detached or resized after plan: its length was ${elements}, is ${typedArrayLength(x)}`,
          );
        }
        run();
      };
    },
  });
}
