import type { LastLayer } from "../last-layer.js";
import { Problem } from "../problem.js";
import { firstBadBias, firstNotFinite } from "../tensors/index.js";
import type { Answerer } from "./answer.js";
import { answersOf, type Costs, costsOf } from "./measure.js";
import { learnedHead, originalLogits } from "./original.js";
import { type ConvertOptions, type NamedAnswerer, plansOf } from "./plans.js";
import { type CalibrationRows, splitRows } from "./rows.js";
import { microsecondsOf } from "./time.js";
import { warningsOf } from "./warnings.js";

/** What can take the layer's place, and what it costs. */
export interface Candidate extends NamedAnswerer {
  /** "product:4x2", "product:4x2+originals", "adapter:500", "learned" or "sylvester". */
  readonly name: string;
  /** Of the head's file, and of the adapter's. */
  readonly bytes: number;
  /** Of the five best classes of a row, on one thread. */
  readonly microseconds: number;
  readonly costs: Costs;
}

export interface Conversion {
  /** Smallest first. */
  readonly candidates: readonly Candidate[];
  /** The smallest of those that agree often enough; null where none does. */
  readonly recommended: Candidate | null;
  /** The layer as it is, in float32. */
  readonly original: {
    readonly bytes: number;
    readonly accuracy: number | null;
    readonly microseconds: number;
  };
  readonly calibrationRows: number;
  readonly minAgreement: number;
  /** What makes the figures say less than they seem to, such as too few rows. */
  readonly warnings: readonly string[];
  /** Candidates that cannot be made of this layer, and why. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

/** Makes all that can take the layer's place, and measures each on rows that it was not made of. */
export async function convert(
  layer: LastLayer,
  rows: CalibrationRows,
  options: ConvertOptions = {},
): Promise<Conversion> {
  const { features, classes } = layer;
  const { minAgreement = 0.99 } = options;
  if (!(minAgreement >= 0 && minAgreement <= 1))
    throw new Problem(`the least agreement is ${minAgreement}: give a part from 0 to 1, such as 0.99`);
  checkClasses(layer);
  checkFinite(layer);
  const { calibration, heldOut } = splitRows(rows, features, options);
  const calibrationRows = calibration.x.length / features;
  const learned = learnedHead(layer);
  const original = answersOf(originalLogits(layer), heldOut, features, classes);
  const dense: Answerer = { head: learned, adapter: null, rerank: null };
  const plans = plansOf(layer, learned, calibration.x, options);
  const candidates: Candidate[] = [];
  const refused: { name: string; reason: string }[] = [];
  for (const [index, { name, make }] of plans.entries()) {
    options.onCandidate?.(name, index, plans.length);
    let made: NamedAnswerer[];
    try {
      made = await make();
    } catch (error) {
      // What a code cannot do is told of it; the others may do.
      if (!(error instanceof RangeError)) throw error;
      refused.push({ name, reason: error.message });
      continue;
    }
    for (const answerer of made) {
      candidates.push({
        ...answerer,
        bytes: filesOf(answerer).reduce((sum, { bytes }) => sum + bytes.length, 0),
        microseconds: microsecondsOf(answerer, heldOut.x, features),
        costs: costsOf(answerer, original, heldOut, features),
      });
    }
  }
  candidates.sort((a, b) => a.bytes - b.bytes);
  return {
    candidates,
    recommended: candidates.find(({ costs }) => costs.agreement >= minAgreement) ?? null,
    original: {
      bytes: 4 * (layer.weights.length + (layer.bias?.length ?? 0)),
      accuracy: original.accuracy,
      microseconds: microsecondsOf(dense, heldOut.x, features),
    },
    calibrationRows,
    minAgreement,
    warnings: warningsOf(layer, original, calibrationRows),
    refused,
  };
}

/** A head's file, and where there is one its adapter's. */
export function filesOf({ head, adapter }: Answerer): { part: "head" | "adapter"; bytes: Uint8Array }[] {
  const files: { part: "head" | "adapter"; bytes: Uint8Array }[] = [
    { part: "head", bytes: head.toSafetensors() },
  ];
  if (adapter !== null) files.push({ part: "adapter", bytes: adapter.toSafetensors() });
  return files;
}

function checkClasses({ classes, origin }: LastLayer): void {
  if (classes > 1) return;
  throw new Problem(
    `${origin.file}: ${origin.weights} has one class, which is the best of every row whatever takes the layer's place: give it a second one of zeros, or use the layer as it is`,
  );
}

function checkFinite({ weights, bias, features, origin }: LastLayer): void {
  const at = firstNotFinite(weights);
  if (at >= 0) {
    throw new Problem(
      `${origin.file}: ${origin.weights} has ${weights[at]} for class ${Math.floor(at / features)}, feature ${at % features}; the model cannot be converted: train it again, or take a checkpoint before it diverged`,
    );
  }
  const c = bias === null ? -1 : firstBadBias(bias);
  if (c >= 0) {
    throw new Problem(
      `${origin.file}: ${origin.bias} has ${bias?.[c]} for class ${c}; the model cannot be converted: take a checkpoint before it diverged`,
    );
  }
}
