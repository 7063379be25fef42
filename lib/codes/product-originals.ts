/** The vectors of a dense layer, kept beside the product code that was made of them, in float16. */

import { checkArray, checkIntegers, type Float16Features, typedArrayName } from "../checks.js";
import type { Tensor } from "../formats/safetensors.js";
import { float16Bits, float16Table, isFiniteFloat16 } from "../numerics/float16.js";
import { readOptions } from "../options.js";
import type { HeadShape } from "./code.js";
import type { CodeOption } from "./code-options.js";

/**
 * The vectors that a product code was made of, which `topK` scores its best classes by again: s·(⟨w_c, x⟩ + b_c), with x divided by its norm
 * where the code has `normalised`.
 *
 * @group Options of codes and losses
 */
export interface Originals {
  /**
   * Classes × features, of the first classes or of all: float32, which is rounded to float16, or float16, of which a Uint16Array has the bits.
   * They are vectors before the rotation.
   */
  weights: Float32Array | Uint16Array | Float16Features | readonly number[];
  /** One value for each of these classes, in place of the bias of the head; by default 0. */
  bias?: Float32Array | readonly number[] | null;
}

/** Originals as a head has them. */
export interface KeptOriginals {
  /** Bits of float16. */
  readonly weights: Uint16Array;
  readonly bias: Float32Array | null;
}

/** Weights that belong to heads, which share them: those of a large head are not copied with every head that is made of its settings. */
const OWN = /* @__PURE__ */ new WeakSet<Uint16Array>();

function own(weights: Uint16Array): Uint16Array {
  OWN.add(weights);
  return weights;
}

/** The tensors of a file. */
const WEIGHTS = "originals";
const BIAS = "originals_bias";

export const originalsOption: CodeOption<KeptOriginals | null> = {
  initial: null,
  required: false,
  besides: [BIAS],
  check: (what, given, shape) => checkOriginals(what, given as Originals, shape),
  encode(originals, { features }) {
    if (originals === null) return null;
    const { weights, bias } = originals;
    const shape = [weights.length / features, features];
    const tensors = new Map<string, Tensor>([[WEIGHTS, { dtype: "F16", shape, data: weights }]]);
    if (bias !== null) tensors.set(BIAS, { dtype: "F32", shape: [bias.length], data: bias });
    return tensors;
  },
  decode(kept, { features }, beside): Originals | undefined {
    if (typeof kept !== "object" || kept.dtype !== "F16" || kept.shape.length !== 2) return undefined;
    const bias = beside.get(BIAS);
    if (kept.shape[1] !== features) {
      throw new RangeError(
        `tensor ${WEIGHTS} has vectors of ${kept.shape[1]} features, expected ${features}`,
      );
    }
    if (bias !== undefined && (bias.dtype !== "F32" || bias.shape.length !== 1)) {
      throw new RangeError(`tensor ${BIAS} must be F32 of shape [${kept.shape[0]}]`);
    }
    return { weights: own(kept.data as Uint16Array), bias: (bias?.data as Float32Array | undefined) ?? null };
  },
};

function checkOriginals(what: string, given: Originals, { features, classes }: HeadShape): KeptOriginals {
  const { weights, bias = null } = readOptions(what, given, ["weights", "bias"]);
  const kept = checkWeights(`${what}.weights`, weights);
  const { length } = kept;
  if (length === 0 || length % features !== 0 || length > classes * features) {
    throw new RangeError(
      `${what}.weights has ${length} elements: ${features} features a class for at most ${classes} classes are needed`,
    );
  }
  checkFiniteWeights(`${what}.weights`, kept, weights, features);
  return Object.freeze({
    weights: kept,
    bias: bias && checkBias(`${what}.bias`, bias, length / features),
  });
}

/** The bits of float16. */
function checkWeights(what: string, given: unknown): Uint16Array {
  if (OWN.has(given as Uint16Array)) return given as Uint16Array;
  // JSON has the bits.
  if (Array.isArray(given)) return own(Uint16Array.from(checkIntegers(what, given, 2 ** 16)));
  checkArray(what, given, "Float32Array", "Uint16Array", "Float16Array");
  const name = typedArrayName(given);
  if (name === "Float32Array") return own(rounded(given as Float32Array));
  const { buffer, byteOffset, length } = given as Uint16Array;
  return own(new Uint16Array(buffer, byteOffset, length).slice());
}

function rounded(values: Float32Array): Uint16Array {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = float16Bits(bits[i] as number, values[i] as number);
  return out;
}

function checkFiniteWeights(what: string, kept: Uint16Array, given: unknown, features: number): void {
  const at = kept.findIndex((bits) => !isFiniteFloat16(bits));
  if (at < 0) return;
  const [c, i] = [Math.floor(at / features), at % features];
  const value =
    typedArrayName(given) === "Float32Array"
      ? (given as Float32Array)[at]
      : float16Table()[kept[at] as number];
  throw new RangeError(
    `${what} of class ${c} is not finite in float16: feature ${i} is ${value}; use numbers below 65520`,
  );
}

function checkBias(what: string, given: unknown, classes: number): Float32Array {
  if (!Array.isArray(given)) checkArray(what, given, "Float32Array");
  // As JSON has them: without −0.
  const bias = Float32Array.from(given as ArrayLike<unknown>, (v) => (typeof v === "number" ? v + 0 : NaN));
  if (bias.length !== classes) {
    throw new RangeError(`${what} has ${bias.length} elements for the vectors of ${classes} classes`);
  }
  const at = bias.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new RangeError(
      `${what} must be finite in float32, got ${(given as ArrayLike<unknown>)[at]} for class ${at}`,
    );
  }
  return bias;
}
