import { FixedClassifier, type FixedClassifierOptions, type Gradient } from "fixed-classifier";
import { Problem } from "../problem.js";
import { type Parameter, parameter } from "../training/parameter.js";
import type { Head, HeadShape } from "./head.js";

type Code = NonNullable<FixedClassifierOptions["code"]>;

/**
 * A head whose class vectors stay as they are: a scale and a bias are learned. A code that is not for this width, as the simplex, which wants
 * one less than the order of a matrix, takes the nearest below it and leaves the last features out.
 */
export class FixedHead implements Head {
  readonly parameters: readonly Parameter[];
  readonly #head: FixedClassifier;
  /** Of the rows that are given. */
  readonly #features: number;
  readonly #scale: Parameter;
  readonly #bias: Parameter;
  #logits = new Float32Array(0);

  constructor({ features, classes }: HeadShape, code: Code, seed: number) {
    this.#features = features;
    this.#head = headBelow(features, classes, code, seed);
    this.#scale = parameter("head.scale", [1], Float32Array.of(this.#head.scale), false);
    this.#bias = parameter("head.bias", [classes], new Float32Array(classes), false);
    this.parameters = [this.#scale, this.#bias];
  }

  get scale(): number {
    return this.#scale.value[0];
  }

  get parameterCount(): number {
    return 1 + this.#head.classes;
  }

  get bytes(): number {
    return this.classifier().toSafetensors().byteLength;
  }

  async step(features: Float32Array, labels: Int32Array) {
    const head = this.classifier();
    const x = this.#narrow(features);
    const { loss, gradient } = head.lossAndGradient(x, labels);
    return { loss, correct: countCorrect(head, x, labels), gradient: this.#take(gradient) };
  }

  async backward(features: Float32Array, gradient: Float32Array): Promise<Float32Array> {
    return this.#take(this.classifier().backward(this.#narrow(features), gradient));
  }

  /** Gives the parameters theirs, and returns that of the features. */
  #take({ features, scale, bias }: Gradient): Float32Array {
    this.#scale.gradient[0] = scale ?? 0;
    if (bias !== null) this.#bias.gradient.set(bias);
    return this.#widen(features);
  }

  async logits(features: Float32Array): Promise<Float32Array> {
    const length = (features.length / this.#features) * this.#head.classes;
    if (this.#logits.length < length) this.#logits = new Float32Array(length);
    return this.classifier().forward(this.#narrow(features), { out: this.#logits.subarray(0, length) });
  }

  #narrow(features: Float32Array): Float32Array {
    const { features: width } = this.#head;
    return width === this.#features ? features : resized(features, this.#features, width);
  }

  #widen(gradient: Float32Array): Float32Array {
    const { features: width } = this.#head;
    return width === this.#features ? gradient : resized(gradient, width, this.#features);
  }

  classifier(): FixedClassifier {
    this.#head.scale = this.#scale.value[0];
    this.#head.bias?.set(this.#bias.value);
    return this.#head;
  }

  async release(): Promise<void> {}
}

/** Widths below one that is no width of a code, which are tried. */
const TRIED = 8;

function headBelow(features: number, classes: number, code: Code, seed: number): FixedClassifier {
  const last = code === "simplex" ? Math.max(1, features - TRIED) : features;
  const reasons: Error[] = [];
  for (let width = features; width >= last; width--) {
    try {
      return new FixedClassifier({ features: width, classes, code, seed });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      reasons.push(error);
    }
  }
  // Of several widths that of one that a simplex has, where there is one: it has too few corners.
  const cause = reasons.find(({ message }) => message.includes("corners")) ?? reasons[0];
  throw new Problem(`the head ${String(code)} cannot be made: ${cause.message}; or leave it out of --heads`, {
    cause,
  });
}

/** Rows of another width: what is over is left out, what is missing is 0. */
function resized(rows: Float32Array, from: number, to: number): Float32Array {
  const count = rows.length / from;
  const out = new Float32Array(count * to);
  for (let row = 0; row < count; row++) {
    out.set(rows.subarray(row * from, row * from + Math.min(from, to)), row * to);
  }
  return out;
}

export function countCorrect(head: FixedClassifier, features: Float32Array, labels: Int32Array): number {
  const { classes } = head.topK(features, 1);
  let correct = 0;
  for (let row = 0; row < labels.length; row++) if (classes[row] === labels[row]) correct++;
  return correct;
}
