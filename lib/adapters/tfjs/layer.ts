/**
 * The fixed classifier as a layer of TensorFlow.js.
 *
 * @example
 * import * as tf from "@tensorflow/tfjs";
 * import { fixedClassifier } from "fixed-classifier/tfjs";
 *
 * const model = tf.sequential({
 *   layers: [tf.layers.dense({ units: 64, inputShape: [784] }), fixedClassifier({ classes: 10 })],
 * });
 * const loss = (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits);
 * model.compile({ optimizer: "adam", loss });
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { isBranded } from "../../brand.js";
import { describe } from "../../checks.js";
import { checkNumbers } from "../../head/finite.js";
import { plainOption } from "../../head/json.js";
import { FixedClassifier, type FixedClassifierOptions } from "../../index.js";
import {
  checkArguments,
  checkFromHead,
  type DenseParts,
  type FixedClassifierLayerArgs,
  type FromHeadArgs,
  type LayerHeadOptions,
  type LearnedProductOptions,
  SETTINGS,
} from "./arguments.js";
import { headOperation } from "./operation.js";
import { Rounding, startVectors, straightThrough } from "./straight-through.js";
import { constrain, initialWeights } from "./weights.js";

export type { FixedClassifierLayerArgs, FromHeadArgs, LearnedProductOptions } from "./arguments.js";

/**
 * A layer that turns features (the last axis of an input of rank ≥ 2) into the logits of a {@link FixedClassifier}. Its weights are `scale`
 * and `bias`; forward and gradient run on the kernels of this package, so the tensors come from and go back to TensorFlow.js by
 * `dataSync`, which its wasm, cpu and webgl backends have. Put a linear layer right before it, without an activation. There is no
 * gradient of the gradient. What is not a number comes out as NaN, as it does of any layer.
 *
 * Of the code "product" the layer can learn the class vectors, `{ name: "product", width: 8, trainable: true }`: it has a further weight,
 * `vectors`, computes with its rounding, and gives it the gradient of the rounded vectors (docs/product-training.md). What is trained is
 * {@link head | a head} without that matrix.
 *
 * The losses of TensorFlow.js that have a name, such as "categoricalCrossentropy", take what they get for probabilities: with one of
 * them give the layer `activation: "softmax"`, or train the logits with `tf.losses.softmaxCrossEntropy`.
 *
 * @group fixed-classifier/tfjs
 * @example
 * const layer = new FixedClassifierLayer({ classes: 10 });
 * const logits = layer.apply(tf.ones([2, 64])); // 2 × 10
 * writeFileSync("head.safetensors", layer.head().toSafetensors());
 * @example
 * const code = { name: "product", width: 8, trainable: true };
 * const model = tf.sequential({ layers: [fixedClassifier({ classes: 10, code, inputShape: [64] })] });
 * model.compile({ optimizer: "adam", loss: (y, z) => tf.losses.softmaxCrossEntropy(y, z) });
 * const labels = tf.oneHot(Array.from({ length: 20 }, (_, row) => row % 10), 10);
 * await model.fit(tf.randomNormal([20, 64]), labels, { epochs: 1, verbose: 0 });
 * const frozen = FixedClassifierLayer.fromHead(model.layers[0].head());
 */
export class FixedClassifierLayer extends tf.layers.Layer {
  /** The name under which TensorFlow.js saves the layer and finds it when a model is loaded. */
  static readonly className = "FixedClassifierLayer";

  readonly #options: LayerHeadOptions;
  readonly #dense: DenseParts;
  #initialBias: Float32Array | null = null;
  #scale: tf.LayerVariable | null = null;
  #bias: tf.LayerVariable | null = null;
  readonly #learnsVectors: boolean;
  #vectors: tf.LayerVariable | null = null;
  #rounding: Rounding | null = null;
  #logits: ((x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor | null) => tf.Tensor) | null = null;

  /**
   * @throws TypeError for an option that the layer does not have, or of the wrong type
   * @throws RangeError for options out of range; for those of the head when the width of the features is known, that is when the layer
   * is added to a model or applied
   */
  constructor(args: FixedClassifierLayerArgs) {
    const { layer, head, dense, learnsVectors } = checkArguments(args);
    super(layer);
    this.#options = head;
    this.#dense = dense;
    this.#learnsVectors = learnsVectors;
    this.supportsMasking = true;
  }

  /**
   * A layer that starts as the given head: with its settings, scale, bias and backend.
   *
   * @param args options of every layer, and `activation`, `biasRegularizer` and `biasConstraint`
   * @throws TypeError if `head` is no {@link FixedClassifier}, and for an option that the head decides
   * @throws RangeError if its scale or bias is not finite
   * @example
   * const head = new FixedClassifier({ features: 64, classes: 10 });
   * const layer = FixedClassifierLayer.fromHead(head, { trainable: false });
   */
  static fromHead(head: FixedClassifier, args?: FromHeadArgs | null): FixedClassifierLayer {
    if (!isBranded(head)) {
      throw new TypeError(`head must be a FixedClassifier, got ${describe(head)}`);
    }
    const given = checkFromHead(args);
    checkFiniteHead(head, "head");
    const { settings, scale, backend } = head;
    const layer = new FixedClassifierLayer({
      ...given,
      ...settings,
      scale,
      bias: head.bias !== null,
      backend,
    });
    layer.#initialBias = head.bias?.slice() ?? null;
    return layer;
  }

  /**
   * A head with the layer's settings and its scale and bias as they are now; later training does not change it. It gives logits: an
   * activation of the layer is not part of it. Of vectors that the layer learns it has the rounding: {@link fromHead} makes a layer of it
   * that goes on with these, without the matrix.
   *
   * @throws Error before the layer is part of a model or was applied
   * @throws RangeError if scale, bias or vectors are not finite, which is what a training that has diverged leaves
   * @example
   * const layer = fixedClassifier({ classes: 10, inputShape: [64] });
   * const model = tf.sequential({ layers: [layer] });
   * const { classes } = layer.head().topK(new Float32Array(64).fill(1), 5);
   */
  head(): FixedClassifier {
    if (this.#scale === null) {
      throw new Error(
        `layer ${this.name} has no weights yet: add it to a model with a known input shape, or apply it`,
      );
    }
    const head = this.#currentHead();
    head.scale = this.#scale.read().dataSync()[0] as number;
    if (this.#bias !== null) head.bias?.set(this.#bias.read().dataSync() as Float32Array);
    checkFiniteHead(head, `layer ${this.name}`);
    return head;
  }

  #currentHead(): FixedClassifier {
    if (this.#rounding === null) return this.#newHead(this.#options.features);
    const vectors = this.#vectors?.read() as tf.Tensor;
    checkNumbers("vectors", vectors.dataSync() as Float32Array, diverged(`layer ${this.name}`));
    // Of its own: later training does not change it.
    return new Rounding(this.#newHead(this.#options.features)).of(vectors).head;
  }

  /** Makes the weights `scale` and `bias`, and `vectors` where they are learned. TensorFlow.js calls it when the width of the features is known. */
  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const features = this.#width(inputShape);
    if (this.#logits !== null) return;
    const head = this.#newHead(features);
    const { learnScale } = head.settings;
    const { biasInitializer, biasRegularizer, biasConstraint } = this.#dense;
    tf.tidy(() => {
      // All that may fail comes before the first variable, which nothing would dispose of.
      const start = initialWeights(
        head,
        this.#initialBias,
        biasInitializer?.value,
        this.#learnsVectors ? startVectors(head, this.#options.code as LearnedProductOptions) : null,
        this.initialWeights,
        this.name,
      );
      this.#scale = this.addWeight("scale", [1], "float32", start.scale, undefined, learnScale);
      if (start.bias !== null) {
        this.#bias = this.addWeight("bias", [head.classes], "float32", start.bias, biasRegularizer?.value);
        if (biasConstraint !== undefined) constrain(this.#bias, biasConstraint.value);
      }
      if (start.vectors !== null) {
        this.#vectors = this.addWeight("vectors", [head.classes, features], "float32", start.vectors);
      }
    });
    this.#options.features = features;
    // Vectors as a configuration can keep them, packed.
    if (head.settings.code.name === "product" && !this.#learnsVectors)
      this.#options.code = head.settings.code;
    this.#logits = this.#learnsVectors ? this.#learnedLogits(head) : headOperation(head);
    super.build(inputShape);
  }

  #learnedLogits(head: FixedClassifier) {
    const rounding = new Rounding(head);
    const operation = straightThrough(rounding);
    this.#rounding = rounding;
    return (x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor | null) =>
      operation(x, scale, bias, (this.#vectors as tf.LayerVariable).read());
  }

  /**
   * The shape of the logits: that of the input, with the classes as its last axis.
   *
   * @throws TypeError or RangeError for an input without rows, of unknown width, or of another width than the layer's
   */
  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    this.#width(inputShape);
    return [...single(inputShape).slice(0, -1), this.#options.classes];
  }

  /**
   * The logits of a tensor of numbers of rank ≥ 2, or what the activation makes of them. TensorFlow.js calls it; use `apply`.
   *
   * @throws TypeError or RangeError for an input that is no tensor of numbers, or of another width than the layer's
   */
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = Array.isArray(inputs) ? inputs[0] : inputs;
      if (!(x instanceof tf.Tensor)) throw new TypeError(`the input must be a tensor, got ${describe(x)}`);
      if (x.dtype === "string" || x.dtype === "complex64") {
        throw new TypeError(`the input must be a tensor of numbers, its dtype is ${x.dtype}`);
      }
      this.#width(x.shape);
      const scale = (this.#scale as tf.LayerVariable).read();
      const logits = this.#logits?.(x, scale, this.#bias?.read() ?? null) as tf.Tensor;
      return this.#dense.activation?.value.apply(logits) ?? logits;
    });
  }

  /** All settings. The backend is not one: it is chosen where the model is loaded. Vectors that are learned are a weight, and not here. */
  override getConfig(): tf.serialization.ConfigDict {
    const code = this.#learnsVectors ? learnedCode(this.#options.code) : this.#options.code;
    const given = { ...this.#options, code };
    const settings = SETTINGS.map((key) => [key, plainOption(given[key]) ?? null]);
    const dense = Object.entries(this.#dense).map(([key, { config }]) => [key, config]);
    return { ...super.getConfig(), ...Object.fromEntries([...settings, ...dense]) };
  }

  /** The layer of a configuration, to which TensorFlow.js has added a field of its own. */
  static override fromConfig<T extends tf.serialization.Serializable>(
    cls: tf.serialization.SerializableConstructor<T>,
    config: tf.serialization.ConfigDict,
  ): T {
    const { customObjects: _, ...own } = config;
    return new cls(own);
  }

  #newHead(features: number | undefined): FixedClassifier {
    return new FixedClassifier({ ...this.#options, features } as FixedClassifierOptions);
  }

  /** The width of the features of an input of this shape, checked against the layer's. */
  #width(inputShape: tf.Shape | tf.Shape[]): number {
    const shape = single(inputShape);
    const text = `[${shape.map((size) => size ?? "?").join(", ")}]`;
    if (shape.length < 2) {
      throw new RangeError(
        `the input of ${this.name} must have at least two axes, rows and features, got shape ${text}`,
      );
    }
    const width = shape[shape.length - 1];
    if (typeof width !== "number") {
      throw new TypeError(
        `the last axis of the input of ${this.name} must be known, got shape ${text}; give the layers before ` +
          "it an inputShape",
      );
    }
    const { features } = this.#options;
    if (features !== undefined && features !== width) {
      throw new RangeError(
        `the last axis of the input of ${this.name} must have its ${features} features, got shape ${text}`,
      );
    }
    return width;
  }
}

tf.serialization.registerClass(FixedClassifierLayer);

/**
 * Makes a {@link FixedClassifierLayer}, as the functions of `tf.layers` make theirs.
 *
 * @group fixed-classifier/tfjs
 * @throws TypeError or RangeError as its constructor does
 * @example
 * const model = tf.sequential();
 * model.add(tf.layers.dense({ units: 64, inputShape: [784] }));
 * model.add(fixedClassifier({ classes: 10 }));
 */
export function fixedClassifier(args: FixedClassifierLayerArgs): FixedClassifierLayer {
  return new FixedClassifierLayer(args);
}

/** What the configuration keeps of a code whose vectors are learned. */
function learnedCode(code: LayerHeadOptions["code"]) {
  const { assignment: _, weights: __, packed: ___, ...kept } = code as LearnedProductOptions;
  return { ...kept, trainable: true };
}

/** Numbers that are not finite belong to a training that goes on, not to a head that is kept. */
const diverged =
  (what: string) =>
  (problem: string): never => {
    throw new RangeError(
      `${what} is not finite, its training has diverged: ${problem}; go back to weights that were saved before`,
    );
  };

function checkFiniteHead({ scale, bias }: FixedClassifier, what: string): void {
  const refuse = diverged(what);
  checkNumbers("scale", Float32Array.of(scale), refuse);
  if (bias !== null) checkNumbers("bias", bias, refuse);
}

function single(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
  if (!Array.isArray(inputShape[0])) return inputShape as tf.Shape;
  if (inputShape.length !== 1) {
    throw new TypeError(`a fixed classifier layer takes one input, got ${inputShape.length}`);
  }
  return inputShape[0];
}
