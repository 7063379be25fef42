import type { Head } from "../../heads/head.js";
import { oodScores } from "../../metrics/ood.js";
import type { OodResult } from "../../training/result.js";
import type { Trunk } from "../../trunks/trunk.js";
import { energies, logMaxSoftmax } from "./scores.js";

/** A model, as far as logits are made with it. */
export interface Classifying {
  readonly trunk: Trunk;
  readonly head: Head;
  readonly classes: number;
}

export type { OodResult } from "../../training/result.js";

type Batches = Iterable<{ readonly inputs: Float32Array }>;

interface Scored {
  readonly energy: Float64Array;
  readonly softmax: Float64Array;
  readonly lengths: Float64Array | null;
}

export async function measureOod(
  model: Classifying,
  inside: Batches,
  outside: { readonly name: string; readonly batches: Batches },
  temperature = 1,
): Promise<OodResult> {
  const own = await scoresOf(model, inside, temperature);
  const others = await scoresOf(model, outside.batches, temperature);
  const compare = (a: Float64Array, b: Float64Array) => oodScores(a.map(negated), b.map(negated));
  return {
    name: outside.name,
    rows: { inside: own.energy.length, outside: others.energy.length },
    temperature,
    meanEnergy: { inside: mean(own.energy), outside: mean(others.energy) },
    energy: compare(own.energy, others.energy),
    softmax: oodScores(own.softmax, others.softmax),
    lengths: own.lengths === null || others.lengths === null ? null : compare(own.lengths, others.lengths),
  };
}

/** Of all rows, some at a time. */
export async function scoresOf(model: Classifying, batches: Batches, temperature = 1): Promise<Scored> {
  const { trunk, head, classes } = model;
  const energy: number[] = [];
  const softmax: number[] = [];
  const lengths: number[] = [];
  for (const { inputs } of batches) {
    const features = await trunk.evaluate(inputs);
    const logits = await head.logits(features);
    for (const e of energies(logits, classes, temperature)) energy.push(e);
    for (const p of logMaxSoftmax(logits, classes)) softmax.push(p);
    const fixed = head.classifier();
    for (const e of fixed?.energy(features, { temperature, normalised: false }) ?? []) lengths.push(e);
  }
  return {
    energy: Float64Array.from(energy),
    softmax: Float64Array.from(softmax),
    lengths: lengths.length < energy.length ? null : Float64Array.from(lengths),
  };
}

const negated = (value: number): number => -value;

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
