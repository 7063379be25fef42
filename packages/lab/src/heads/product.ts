import { FixedClassifier, type Gradient } from "fixed-classifier";
import { Random } from "../random.js";
import { type Parameter, parameter } from "../training/parameter.js";
import { countCorrect } from "./fixed.js";
import type { Head, HeadShape } from "./head.js";

/**
 * Straight-through training of a product code: a matrix W is learned, each step computes with its rounding, and the gradient of the
 * rounded vectors is taken for that of W / ‖W‖. What is kept at the end is the rounding.
 */
export class ProductHead implements Head {
  readonly parameters: readonly Parameter[];
  readonly #shape: HeadShape;
  readonly #width: number;
  readonly #matrix: Parameter;
  readonly #bias: Parameter;
  readonly #scale: Parameter;
  /** Of any assignment: it rounds. */
  readonly #rounder: FixedClassifier;

  constructor(shape: HeadShape, width: number, seed: number) {
    const { features, classes } = shape;
    this.#shape = shape;
    this.#width = width;
    this.#rounder = new FixedClassifier({ features, classes, code: { name: "product", width } });
    const start = new Random(seed, "head").normals(classes * features, 1 / Math.sqrt(features));
    // Rounding does not look at lengths, so decay would only change how fast W turns.
    this.#matrix = parameter("head.matrix", [classes, features], start, false);
    this.#scale = parameter("head.scale", [1], Float32Array.of(this.#rounder.scale), false);
    this.#bias = parameter("head.bias", [classes], new Float32Array(classes), false);
    this.parameters = [this.#matrix, this.#scale, this.#bias];
  }

  get scale(): number {
    return this.#scale.value[0];
  }

  get parameterCount(): number {
    return 1 + this.#shape.classes;
  }

  get bytes(): number {
    return this.classifier().toSafetensors().byteLength;
  }

  async step(features: Float32Array, labels: Int32Array) {
    const head = this.classifier();
    const { loss, gradient } = head.lossAndGradient(features, labels, { weightGradient: true });
    return { loss, correct: countCorrect(head, features, labels), gradient: this.#take(gradient) };
  }

  async backward(features: Float32Array, gradient: Float32Array): Promise<Float32Array> {
    return this.#take(this.classifier().backward(features, gradient, { weightGradient: true }));
  }

  /** Gives the parameters theirs, and returns that of the features. */
  #take({ features, scale, bias, weights }: Gradient): Float32Array {
    this.#scale.gradient[0] = scale ?? 0;
    if (bias !== null) this.#bias.gradient.set(bias);
    if (weights !== null) throughLength(weights, this.#matrix, this.#shape.features);
    return features;
  }

  async logits(features: Float32Array): Promise<Float32Array> {
    return this.classifier().forward(features);
  }

  /** The rows that the matrix is nearest to now. */
  round(): Uint8Array {
    return this.#rounder.round(this.#matrix.value);
  }

  classifier(): FixedClassifier {
    const { features, classes } = this.#shape;
    const assignment = this.round();
    const head = new FixedClassifier({
      features,
      classes,
      code: { name: "product", width: this.#width, assignment },
      scale: this.#scale.value[0],
    });
    head.bias?.set(this.#bias.value);
    return head;
  }

  async release(): Promise<void> {}
}

/** The gradient of W from that of W / ‖W‖, row by row. */
export function throughLength(ofUnit: Float32Array, { value, gradient }: Parameter, features: number): void {
  for (let start = 0; start < value.length; start += features) {
    let square = 0;
    let along = 0;
    for (let i = start; i < start + features; i++) {
      square += value[i] * value[i];
      along += value[i] * ofUnit[i];
    }
    const length = Math.max(Math.sqrt(square), 1e-12);
    const share = along / (length * length);
    for (let i = start; i < start + features; i++) gradient[i] = (ofUnit[i] - share * value[i]) / length;
  }
}
