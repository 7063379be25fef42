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
import { checkInteger, describe } from "../../checks.js";
import { FixedClassifier } from "../../classifier.js";
import { type FixedClassifierOptions, MAX_CLASSES } from "../../head/options.js";
import { type HeadOperation, headOperation } from "./operation.js";

type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

/**
 * Options of {@link FixedClassifier}, and those of every layer: `name`, `inputShape`, `trainable` …
 *
 * @group fixed-classifier/tfjs
 */
export interface FixedClassifierLayerArgs extends LayerArgs, Omit<FixedClassifierOptions, "features"> {
  /** Default: the size of the last axis of the input. */
  features?: number;
}

const SETTINGS = ["features", "code", "bias", "scale", "learnScale", "seed", "allowDuplicates"] as const;

/**
 * A layer that turns features (the last axis of an input of rank ≥ 2) into the logits of a {@link FixedClassifier}. Its weights are `scale`
 * and `bias`; forward and gradient run on the kernels of this package, so the tensors come from and go back to TensorFlow.js by
 * `dataSync`, which its wasm, cpu and webgl backends have. Put a linear layer right before it, without an activation. There is no
 * gradient of the gradient.
 *
 * @group fixed-classifier/tfjs
 * @example
 * const layer = new FixedClassifierLayer({ classes: 10 });
 * const logits = layer.apply(tf.ones([2, 64])); // 2 × 10
 * writeFileSync("head.safetensors", layer.head().toSafetensors());
 */
export class FixedClassifierLayer extends tf.layers.Layer {
  /** The name under which TensorFlow.js saves the layer and finds it when a model is loaded. */
  static readonly className = "FixedClassifierLayer";

  readonly #options: Omit<FixedClassifierOptions, "features"> & { features?: number };
  #initialBias: Float32Array | null = null;
  #scale: tf.LayerVariable | null = null;
  #bias: tf.LayerVariable | null = null;
  #logits: HeadOperation | null = null;

  /**
   * @throws TypeError or RangeError for `classes`; for the other settings when the width of the features is known, that is when
   * the layer is added to a model or applied
   */
  constructor(args: FixedClassifierLayerArgs) {
    if (typeof args !== "object" || args === null) {
      throw new TypeError(`a fixed classifier layer needs an object with classes, got ${describe(args)}`);
    }
    super(args);
    checkInteger("classes", args.classes, 1, MAX_CLASSES);
    if (codeName(args.code) === "learned") {
      throw new RangeError(
        'a layer with the code "learned" is tf.layers.dense({ units: classes }): use that',
      );
    }
    // A loaded configuration has null where nothing was set.
    const given = SETTINGS.filter((key) => args[key] !== undefined && args[key] !== null);
    this.#options = { classes: args.classes, ...Object.fromEntries(given.map((key) => [key, args[key]])) };
    if (args.backend !== undefined) this.#options.backend = args.backend;
    this.supportsMasking = true;
  }

  /**
   * A layer that starts as the given head: with its settings, scale, bias and backend.
   *
   * @param args options of every layer
   * @throws TypeError if `head` is no {@link FixedClassifier}
   * @example
   * const head = new FixedClassifier({ features: 64, classes: 10 });
   * const layer = FixedClassifierLayer.fromHead(head, { trainable: false });
   */
  static fromHead(head: FixedClassifier, args: LayerArgs = {}): FixedClassifierLayer {
    if (!(head instanceof FixedClassifier)) {
      throw new TypeError(`head must be a FixedClassifier, got ${describe(head)}`);
    }
    const { settings, scale, backend } = head;
    const layer = new FixedClassifierLayer({
      ...args,
      ...settings,
      scale,
      bias: head.bias !== null,
      backend,
    });
    layer.#initialBias = head.bias?.slice() ?? null;
    return layer;
  }

  /**
   * A head with the layer's settings and its scale and bias as they are now; later training does not change it.
   *
   * @throws Error before the layer is part of a model or was applied
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
    const head = this.#newHead();
    head.scale = this.#scale.read().dataSync()[0] as number;
    if (this.#bias !== null) head.bias?.set(this.#bias.read().dataSync() as Float32Array);
    return head;
  }

  /** Makes the weights `scale` and `bias`. TensorFlow.js calls it when the width of the features is known. */
  override build(inputShape: tf.Shape | tf.Shape[]): void {
    this.#options.features = this.#width(inputShape);
    const head = this.#newHead();
    const { learnScale } = head.settings;
    const start = tf.initializers.constant({ value: head.scale });
    this.#scale = this.addWeight("scale", [1], "float32", start, undefined, learnScale);
    if (head.bias !== null) {
      this.#bias = this.addWeight("bias", [head.classes], "float32", tf.initializers.zeros());
      const bias = tf.tensor1d(this.#initialBias ?? head.bias.slice());
      this.#bias.write(bias);
      bias.dispose();
    }
    this.#logits = headOperation(head);
    super.build(inputShape);
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
   * The logits of a tensor of numbers of rank ≥ 2. TensorFlow.js calls it; use `apply`.
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
      const width = this.#width(x.shape);
      const rows = tf.reshape(tf.cast(x, "float32"), [-1, width]) as tf.Tensor2D;
      const scale = (this.#scale as tf.LayerVariable).read();
      const logits = (this.#logits as HeadOperation)(rows, scale, this.#bias?.read() ?? null);
      return tf.reshape(logits, this.computeOutputShape(x.shape) as number[]);
    });
  }

  /** All settings. The backend is not one: it is chosen where the model is loaded. */
  override getConfig(): tf.serialization.ConfigDict {
    const { classes } = this.#options;
    const settings = SETTINGS.map((key) => [key, plain(this.#options[key]) ?? null]);
    return { ...super.getConfig(), classes, ...Object.fromEntries(settings) };
  }

  #newHead(): FixedClassifier {
    return new FixedClassifier(this.#options as FixedClassifierOptions);
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

const codeName = (code: FixedClassifierOptions["code"] | null): string | undefined =>
  typeof code === "object" ? code?.name : code;

/** An option as JSON can hold it: typed arrays, which a code may have among its own options, as plain ones. */
function plain(option: unknown): unknown {
  if (ArrayBuffer.isView(option)) return Array.from(option as Int32Array);
  if (typeof option !== "object" || option === null) return option;
  return Object.fromEntries(Object.entries(option).map(([key, value]) => [key, plain(value)]));
}

function single(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
  if (!Array.isArray(inputShape[0])) return inputShape as tf.Shape;
  if (inputShape.length !== 1) {
    throw new TypeError(`a fixed classifier layer takes one input, got ${inputShape.length}`);
  }
  return inputShape[0];
}
