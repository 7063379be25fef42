import type { Backend, Base, HeadKernels, HeadTable, TransformArray } from "./backend.js";
import { withDenseFallback } from "./fallback.js";
import type { BackendOptions } from "./select.js";

/** What native/addon.cc exports. */
interface Addon {
  /** Those that this CPU runs, best first. */
  readonly instructionSets: readonly string[];
  /** Processors that this process may use. */
  readonly availableThreads: number;
  misalignment(bytes: Uint8Array, alignment: number): number;
  create(instructionSet: string, threads: number): Kernels;
  /** One function for the plans of all: JavaScript calls it faster than one for each. */
  run(plan: HeldPlan): void;
  runForward(plan: HeldForward, scale: number): void;
}

interface Kernels {
  /** With only the array given, it is one row and is not multiplied. */
  fwht(x: TransformArray, rowLength?: number, multiplier?: number, factor?: HeldFactor): void;
  plan(x: TransformArray, rowLength: number, multiplier: number, factor?: HeldFactor): HeldPlan;
  decodeFloat16(x: Uint16Array, out: Float32Array): void;
  decodeBfloat16(x: Uint16Array, out: Float32Array): void;
  decodeInt8(x: Int8Array, out: Float32Array): void;
  /** Matrix B as `fwht` and `plan` take it. */
  factor(order: number, signs: Uint32Array): HeldFactor;
  head(
    features: number,
    classes: number,
    order: number,
    unit: number,
    masks: Uint32Array,
    segments: Int32Array,
    factorOrder: number,
    factorSigns: Uint32Array,
    columns: Int32Array | null,
  ): Head;
}

/** Objects of the addon. */
type HeldFactor = object;
type HeldPlan = object;
type HeldForward = object;

type Bias = Float32Array | null;

interface Head {
  forward(x: Float32Array, scale: number, bias: Bias, logits: Float32Array): void;
  planForward(x: Float32Array, bias: Bias, logits: Float32Array): HeldForward;
  probabilities(x: Float32Array, scale: number, bias: Bias, out: Float32Array): void;
  chosenProbabilities(
    x: Float32Array,
    scale: number,
    bias: Bias,
    chosen: Int32Array,
    out: Float32Array,
  ): void;
  topK(
    x: Float32Array,
    scale: number,
    bias: Bias,
    k: number,
    classes: Int32Array,
    scores: Float32Array,
  ): void;
  backward(
    x: Float32Array,
    scale: number,
    bias: Bias,
    gradLogits: Float32Array,
    gradFeatures: Float32Array,
    gradScale: Float32Array,
    gradBias: Bias,
  ): void;
  lossAndGradient(
    x: Float32Array,
    scale: number,
    bias: Bias,
    labels: Int32Array,
    labelSmoothing: number,
    rowWeight: number,
    losses: Float32Array,
    gradFeatures: Float32Array,
    gradScale: Float32Array,
    gradBias: Bias,
  ): void;
  /** `cancelled[0]` other than 0 stops the work early. */
  forwardAsync(
    x: Float32Array,
    scale: number,
    bias: Bias,
    logits: Float32Array,
    cancelled: Int32Array,
  ): Promise<void>;
}

/** Where the addon may be, seen from the root of the package. */
const CANDIDATES = ["build/Release/fixed_classifier.node"];

/** One for all backends: each time it is loaded its functions are others. */
let addon: Addon | undefined;

function load(): Addon {
  const builtin = globalThis.process?.getBuiltinModule;
  if (builtin === undefined || typeof globalThis.process.dlopen !== "function") {
    throw new Error("this runtime loads no native addons");
  }
  const { fileURLToPath } = builtin("node:url");
  const { existsSync } = builtin("node:fs");
  const errors: string[] = [];
  for (const candidate of CANDIDATES) {
    // Not `new URL("…", import.meta.url)` with a literal, which bundlers take for an asset to copy.
    const path = fileURLToPath(new URL(`../../${candidate}`, import.meta.url));
    if (!existsSync(path)) {
      errors.push(`${candidate} is not there`);
      continue;
    }
    const module = { exports: {} };
    try {
      process.dlopen(module, path);
      return module.exports as Addon;
    } catch (error) {
      errors.push(`${candidate}: ${(error as Error).message}`);
    }
  }
  throw new Error(`the native addon could not be loaded: ${errors.join("; ")}`);
}

/** The C++ addon with the best instruction set of this CPU, or the one asked for. */
export function createNativeBackend({ instructionSet, threads }: BackendOptions): Backend {
  addon ??= load();
  const chosen = instructionSet ?? (addon.instructionSets[0] as string);
  if (!addon.instructionSets.includes(chosen)) {
    throw new RangeError(
      `backend "native" has no instruction set "${chosen}" on this CPU, only ${addon.instructionSets.join(", ")}`,
    );
  }
  const kernels = addon.create(chosen, threads ?? addon.availableThreads);
  const { run, runForward } = addon;
  const bases = new WeakMap<Base, HeldFactor>();
  const held = (base: Base): HeldFactor => {
    let matrix = bases.get(base);
    if (matrix === undefined) {
      matrix = kernels.factor(base.order, base.signs);
      bases.set(base, matrix);
    }
    return matrix;
  };
  return withDenseFallback({
    name: "native",
    instructionSet: chosen,
    fwht(x, rowLength, factor, base) {
      if (rowLength === x.length && factor === 1 && base === undefined) kernels.fwht(x);
      else kernels.fwht(x, rowLength, factor, base && held(base));
    },
    plan(x, rowLength, factor, base) {
      const plan = kernels.plan(x, rowLength, factor, base && held(base));
      return () => run(plan);
    },
    head: (table) => createHead(kernels, runForward, table),
    decode(x, type, out) {
      if (type === "int8") kernels.decodeInt8(x as Int8Array, out);
      else if (type === "float16") kernels.decodeFloat16(x as Uint16Array, out);
      else kernels.decodeBfloat16(x as Uint16Array, out);
    },
    misalignment: addon.misalignment,
  });
}

function createHead(kernels: Kernels, runForward: Addon["runForward"], table: HeadTable): HeadKernels {
  const { features, classes, order, unit, masks, segments, base, baseSigns, columns } = table;
  const head = kernels.head(features, classes, order, unit, masks, segments, base, baseSigns, columns);
  return {
    forward: (x, { scale, bias }, logits) => head.forward(x, scale, bias, logits),
    planForward(x, bias, logits) {
      const plan = head.planForward(x, bias, logits);
      return (scale) => runForward(plan, scale);
    },
    probabilities: (x, { scale, bias }, out) => head.probabilities(x, scale, bias, out),
    chosenProbabilities: (x, { scale, bias }, chosen, out) =>
      head.chosenProbabilities(x, scale, bias, chosen, out),
    topK: (x, { scale, bias }, k, outClasses, scores) => head.topK(x, scale, bias, k, outClasses, scores),
    backward: (x, { scale, bias }, gradLogits, out) =>
      head.backward(x, scale, bias, gradLogits, out.features, out.scale, out.bias),
    lossAndGradient: (x, { scale, bias }, { labels, labelSmoothing, factor }, losses, out) =>
      head.lossAndGradient(
        x,
        scale,
        bias,
        labels,
        labelSmoothing,
        factor,
        losses,
        out.features,
        out.scale,
        out.bias,
      ),
    async forwardAsync(x, { scale, bias }, logits, signal) {
      const cancelled = new Int32Array(1);
      const cancel = (): void => {
        cancelled[0] = 1;
      };
      signal?.addEventListener("abort", cancel, { once: true });
      try {
        await head.forwardAsync(x, scale, bias, logits, cancelled);
      } finally {
        signal?.removeEventListener("abort", cancel);
      }
    },
  };
}
