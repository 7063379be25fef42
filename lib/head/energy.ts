import type { KernelRows, LossParameters } from "../backends/backend.js";
import { checkBoolean, checkFinite, outputArray } from "../checks.js";
import { checkFeatures, FeatureDecoder, type FeatureRows, type Features } from "../features.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";
import { type Gradient, type GradientOutput, gradientBuffers, toGradient } from "./gradients.js";
import { OUTPUT_OPTIONS, type OutputOptions } from "./logits.js";

/** Options of `logSumExp`. */
export interface LogSumExpOptions extends OutputOptions {
  /**
   * Whether rows are divided by their norm, as for logits. False: z_c = s·⟨w_c, x⟩ + b_c, so that the length of a row counts, which for
   * networks says how sure they are. Default true. For the code "learned" both are the same.
   */
  normalised?: boolean;
}

/** Options of `logSumExpAndGradient`. */
export type LogSumExpGradientOptions = Omit<EnergyGradientOptions, "temperature">;

/** Options of `energy`. */
export interface EnergyOptions extends LogSumExpOptions {
  /** T, a positive number. Default 1. */
  temperature?: number;
}

/** Options of `energyAndGradient`. */
export interface EnergyGradientOptions extends Omit<EnergyOptions, "out"> {
  /** Arrays to write the gradients to. */
  out?: GradientOutput;
}

/** One value a row, and the gradients of their sum. */
export interface ValuesAndGradient {
  /** One value a row. */
  readonly values: Float32Array;
  /** Gradients of their sum. */
  readonly gradient: Gradient;
}

const LOG_SUM_EXP = /* @__PURE__ */ (() => ["normalised", ...OUTPUT_OPTIONS])();
const ENERGY = /* @__PURE__ */ (() => ["temperature", ...LOG_SUM_EXP])();

export const logSumExp = (
  core: HeadCore,
  x: Features,
  options: LogSumExpOptions | null | undefined,
): Float32Array => values(core, x, readOptions("logSumExp", options, LOG_SUM_EXP), 1, 1);

export function energy(core: HeadCore, x: Features, options: EnergyOptions | null | undefined): Float32Array {
  const given = readOptions("energy", options, ENERGY);
  const temperature = checkTemperature(given.temperature);
  return values(core, x, given, temperature, -temperature);
}

export const logSumExpAndGradient = (
  core: HeadCore,
  x: Features,
  options: LogSumExpGradientOptions | null | undefined,
): ValuesAndGradient =>
  valuesAndGradient(core, x, readOptions("logSumExpAndGradient", options, LOG_SUM_EXP), 1, 1);

export function energyAndGradient(
  core: HeadCore,
  x: Features,
  options: EnergyGradientOptions | null | undefined,
): ValuesAndGradient {
  const given = readOptions("energyAndGradient", options, ENERGY);
  const temperature = checkTemperature(given.temperature);
  return valuesAndGradient(core, x, given, temperature, -temperature);
}

function checkTemperature(temperature: unknown = 1): number {
  checkFinite("temperature", temperature);
  if (temperature <= 0) throw new RangeError(`temperature must be positive, got ${temperature}`);
  return temperature;
}

/** multiplier · ln Σ exp(z/T) of every row. */
function values(
  core: HeadCore,
  x: Features,
  options: LogSumExpOptions,
  temperature: number,
  multiplier: number,
): Float32Array {
  const rows = readRows(core, x, options, temperature);
  const out = outputArray("out", options.out, rows.count, core.inputs(x));
  core.kernels.logSumExp(rows.x, rows.parameters, out);
  multiply(out, multiplier);
  return out;
}

/** The same, with the gradients of the sum over rows. */
function valuesAndGradient(
  core: HeadCore,
  x: Features,
  options: EnergyGradientOptions,
  temperature: number,
  multiplier: number,
): ValuesAndGradient {
  const rows = readRows(core, x, options, temperature);
  const buffers = gradientBuffers(core, rows.count, options.out, core.inputs(x));
  const out = new Float32Array(rows.count);
  const loss = {
    labels: null,
    targets: null,
    classWeights: null,
    sumOfClassWeights: core.classes,
    rowWeights: multiplier,
    labelSmoothing: 0,
    margin: null,
  };
  core.kernels.lossAndGradient(rows.x, rows.parameters, loss, out, buffers);
  multiply(out, multiplier);
  // The kernel's gradients are by s/T and b/T, or by x/T.
  if (buffers.bias !== null) multiply(buffers.bias, 1 / temperature);
  if (core.weights === null) multiply(buffers.scale, 1 / temperature);
  else multiply(buffers.features, 1 / temperature);
  rows.decoder.unscale(rows.input, buffers.features);
  return { values: out, gradient: toGradient(buffers, core.settings.learnScale) };
}

/** Rows and parameters whose logits are z/T. */
interface LossRows {
  readonly count: number;
  readonly input: FeatureRows;
  readonly decoder: FeatureDecoder;
  readonly x: KernelRows;
  readonly parameters: LossParameters;
}

function readRows(
  core: HeadCore,
  x: Features,
  options: Omit<LogSumExpOptions, "out">,
  temperature: number,
): LossRows {
  const { normalised = true } = options;
  checkBoolean("normalised", normalised);
  const input = checkFeatures(x, core.features, options);
  const byNorm = core.normalised && normalised;
  const decoder = byNorm ? core.decoder : new FeatureDecoder(core.features, false, core.backend);
  const { scale, bias } = core.parameters();
  const divide = (values: Float32Array): Float32Array =>
    temperature === 1 ? values : values.map((value) => value / temperature);
  return {
    count: input.rows,
    input,
    decoder,
    // Weights that are learned have no scale which T could divide.
    x: core.weights === null ? decoder.all(input, core.kernels) : divide(decoder.all(input)),
    parameters: {
      scale: scale / temperature,
      bias: bias && divide(bias),
      normalised: byNorm || core.weights !== null,
    },
  };
}

function multiply(values: Float32Array, multiplier: number): void {
  if (multiplier === 1) return;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * multiplier;
}
