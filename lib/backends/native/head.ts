import { lengthOf } from "../../checks.js";
import type { Margin } from "../../numerics/margin.js";
import type { HadamardTable, ProductTable } from "../../table.js";
import type {
  AbortSignalLike,
  CrossEntropy,
  GradientBuffers,
  HeadKernels,
  HeadParameters,
  KernelRows,
  LossParameters,
  ReducedType,
} from "../backend.js";
import { abortable } from "./abort.js";
import type { Addon, Head, Kernels } from "./addon.js";
import { last, note, SAMPLE } from "./again.js";

/** The addon's copy of a table. */
function makeHead(kernels: Kernels, table: HadamardTable | ProductTable): Head {
  if (table.kind === "product") {
    const { features, classes, width, unit, packed, stages, magnitudes, normalised } = table;
    return kernels.signedRowsHead(
      features,
      classes,
      width,
      unit,
      packed,
      stages,
      magnitudes,
      Number(normalised),
    );
  }
  const { features, classes, order, unit, masks, segments, factor, columns } = table;
  const { order: b, signs } = factor ?? { order: 1, signs: new Uint32Array(0) };
  const transposed = factor === null || factor.transposed === factor ? null : factor.transposed.signs;
  return kernels.head(features, classes, order, unit, masks, segments, b, signs, transposed, columns);
}

/**
 * The kernels of a head in the addon. A class, for the engine reads functions inside a function again when it compiles that, and so would at
 * the first call.
 */
export class NativeHead implements HeadKernels<KernelRows> {
  readonly #kernels: Kernels;
  readonly #runForward: Addon["runForward"];
  readonly #head: Head;
  readonly #tryForward: NonNullable<HeadKernels["tryForward"]>;
  readonly features: number;
  readonly classes: number;

  constructor(kernels: Kernels, runForward: Addon["runForward"], table: HadamardTable | ProductTable) {
    this.#kernels = kernels;
    this.#runForward = runForward;
    this.#head = makeHead(kernels, table);
    // In the interpreter a bound function is called faster than one that calls another.
    this.#tryForward = kernels.tryForward.bind(undefined, this.#head);
    this.features = table.features;
    this.classes = table.classes;
  }

  reduced(x: Uint16Array | Int8Array, type: ReducedType): KernelRows {
    return type === "bfloat16" ? new Int16Array(x.buffer, x.byteOffset, x.length) : x;
  }

  forward(x: KernelRows, { scale, bias }: HeadParameters, logits: Float32Array): void {
    this.#kernels.forward(this.#head, x, scale, bias, logits);
  }

  tryForward(x: unknown, scale: number, bias: Float32Array | null, logits: unknown): boolean {
    if (
      last.plan !== null &&
      last.x === x &&
      last.logits === logits &&
      last.head === this &&
      last.bias === bias &&
      lengthOf.call(x) === this.features &&
      lengthOf.call(logits) === this.classes &&
      (bias === null || lengthOf.call(bias) === this.classes)
    ) {
      last.plan(scale);
      return true;
    }
    if (!this.#tryForward(x, scale, bias, logits)) return false;
    if (++last.calls === SAMPLE) {
      last.calls = 0;
      note(this, x as KernelRows, bias, logits as Float32Array);
    }
    return true;
  }

  planForward(x: KernelRows, bias: Float32Array | null, logits: Float32Array): (scale: number) => void {
    return this.#runForward.bind(undefined, this.#kernels.planForward(this.#head, x, bias, logits));
  }

  probabilities(x: KernelRows, { scale, bias }: HeadParameters, out: Float32Array): void {
    this.#kernels.probabilities(this.#head, x, scale, bias, out);
  }

  chosenProbabilities(
    x: KernelRows,
    { scale, bias }: HeadParameters,
    chosen: Int32Array,
    out: Float32Array,
  ): void {
    this.#kernels.chosenProbabilities(this.#head, x, scale, bias, chosen, out);
  }

  topK(
    x: KernelRows,
    { scale, bias }: HeadParameters,
    k: number,
    classes: Int32Array,
    scores: Float32Array,
  ): void {
    this.#kernels.topK(this.#head, x, scale, bias, k, classes, scores);
  }

  backward(
    x: KernelRows,
    { scale, bias }: HeadParameters,
    gradLogits: Float32Array,
    out: GradientBuffers,
  ): void {
    this.#kernels.backward(
      this.#head,
      x,
      scale,
      bias,
      gradLogits,
      out.features,
      out.scale,
      out.bias,
      out.weights,
      out.weightClasses ?? null,
    );
  }

  logSumExp(x: KernelRows, { scale, bias, normalised }: LossParameters, out: Float32Array): void {
    this.#kernels.logSumExp(this.#head, x, scale, bias, Number(normalised), out);
  }

  lossAndGradient(
    x: KernelRows,
    { scale, bias, normalised }: LossParameters,
    loss: CrossEntropy,
    losses: Float32Array,
    out: GradientBuffers,
  ): void {
    this.#kernels.lossAndGradient(
      this.#head,
      x,
      scale,
      bias,
      Number(normalised),
      loss.labels,
      loss.targets,
      loss.classWeights,
      typeof loss.rowWeights === "number" ? null : loss.rowWeights,
      typeof loss.rowWeights === "number" ? loss.rowWeights : 1,
      loss.labelSmoothing,
      loss.sumOfClassWeights,
      marginArray(loss.margin),
      losses,
      out.features,
      out.scale,
      out.bias,
      out.weights,
      out.weightClasses ?? null,
    );
  }

  forwardAsync(
    x: KernelRows,
    { scale, bias }: HeadParameters,
    logits: Float32Array,
    signal?: AbortSignalLike,
  ): Promise<void> {
    return abortable(signal, (cancelled) =>
      this.#kernels.forwardAsync(this.#head, x, scale, bias, logits, cancelled),
    );
  }
}

/** A margin as the addon reads it. */
const marginArray = (margin: Margin | null): Float64Array | null =>
  margin && Float64Array.of(margin.cosine, margin.cosOfAngle, margin.sinOfAngle, margin.beyond);
