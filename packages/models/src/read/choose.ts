/**
 * The last layer among all that a file of named tensors has. Such a file says nothing of how the layers are connected, so what cannot be the
 * last one is left out by structure first; names decide only between what is left, and where they do not, the user does.
 */

import { Problem } from "../problem.js";
import type { CandidateOf, Floats } from "./candidate.js";

/** What is chosen by: names and sizes. */
type Candidate = CandidateOf<Pick<Floats, "name">>;

export interface Hints {
  /** The layer by name, as the user or the model's own configuration has it. */
  readonly weights?: string | undefined;
  /** What the model's own configuration calls the classifier. */
  readonly module?: string | null;
  /** How many classes the model's own configuration has. */
  readonly classes?: number | null;
}

/** What last layers are called in the libraries of the field, as a part of a dotted name. */
const NAMES = new Set([
  "fc",
  "classifier",
  "head",
  "heads",
  "score",
  "logits",
  "logits_proj",
  "out_proj",
  "lm_head",
  "last_linear",
  "linear",
  "output",
  "cls_head",
  "classification_head",
  "fc1000",
  "predictions",
  "decoder",
]);
/** Classifiers beside the last one that only training uses, and parts before it that are outside of all blocks. */
const NOT_LAST =
  /(?:^|[._])aux|(?:^|[./])(?:pooler|transform|pre_classifier|pre_logits|embeddings|patch_embed)(?:$|[./])/i;

/** @param what where the candidates are, for messages */
export function chooseLast<C extends Candidate>(candidates: readonly C[], what: string, hints: Hints): C {
  if (hints.weights !== undefined) return byName(candidates, what, hints.weights);
  if (hints.module) {
    const named = candidates.filter(({ name }) => name === hints.module);
    if (named.length === 1) return named[0];
  }
  const possible = lastOfSequences(candidates.filter(({ name }) => !isInside(name) && !NOT_LAST.test(name)));
  for (const keep of [
    (list: readonly C[]) => list,
    (list: readonly C[]) => list.filter(({ classes }) => classes === hints.classes),
    (list: readonly C[]) => list.filter(hasKnownName),
  ]) {
    const left = notConsumed(keep(possible));
    if (
      left.length === 1 &&
      !possible.some((other) => isTwin(other, left[0])) &&
      isPlausible(left[0], candidates, hints)
    )
      return left[0];
  }
  throw new Problem(
    possible.length === 0
      ? `${what} has no last layer: no matrix of weights with a bias of its rows, nor one by a name of last layers. ${remedy(candidates)}`
      : `${what} has ${possible.length === 1 ? "a layer" : "several layers"} that could be the last: ${list(possible)}. Say which, by the option weights: "${possible[0].weights.name}"`,
  );
}

function byName<C extends Candidate>(candidates: readonly C[], what: string, wanted: string): C {
  const found = candidates.find(({ name, weights }) => weights.name === wanted || name === wanted);
  if (found !== undefined) return found;
  throw new Problem(`${what} has no layer "${wanted}" of weights and bias. ${remedy(candidates)}`);
}

const remedy = (candidates: readonly Candidate[]): string =>
  candidates.length === 0
    ? "Export the model with its classifier, or give the last layer as arrays of NumPy"
    : `It has ${list(candidates)}; the option weights takes one of these names`;

/** Enough to choose from; the last ones, for they are nearer to what is looked for. */
function list(candidates: readonly Candidate[]): string {
  const shown = candidates
    .slice(-8)
    .map(({ weights, features, classes }) => `${weights.name} (${features} → ${classes})`);
  return `${candidates.length > shown.length ? `… ${candidates.length} in all, the last: ` : ""}${shown.join(", ")}`;
}

/** A number before the last part of the name: a layer of one of many blocks. */
const isInside = (name: string): boolean => /(?:^|[._/])\d+[./]./.test(name);

const parent = (name: string): string => name.replace(/(?:^|[./])[^./]*$/, "");

const NUMBERED = /^(?:(.*)[._/])?(\d+)$/;

/** Of numbered layers of one parent only the one with the highest number: they follow each other. */
function lastOfSequences<C extends Candidate>(candidates: readonly C[]): C[] {
  const highest = new Map<string, number>();
  const numbered = candidates.map((candidate) => {
    const [, of = "", digits] = NUMBERED.exec(candidate.name) ?? [];
    if (digits === undefined) return null;
    highest.set(of, Math.max(Number(digits), highest.get(of) ?? 0));
    return { of, number: Number(digits) };
  });
  return candidates.filter((_, i) => {
    const place = numbered[i];
    return place === null || place.number === highest.get(place.of);
  });
}

/** Without those whose output is as wide as the input of another layer beside it. */
function notConsumed<C extends Candidate>(candidates: readonly C[]): C[] {
  const place = (name: string, width: number) => `${width} ${parent(name)}`;
  const widths = new Map<string, Set<number>>();
  for (const { name, features, classes } of candidates) {
    const key = place(name, features);
    widths.set(key, (widths.get(key) ?? new Set()).add(classes));
  }
  return candidates.filter(({ name, features, classes }) => {
    const next = widths.get(place(name, classes));
    // A layer that leads back to the width before it may be beside it as well as behind it; and so is the layer itself.
    return next === undefined || (next.size === 1 && next.has(features));
  });
}

/** Two heads side by side, such as those of a distilled transformer, are both the last layer. */
const isTwin = (other: Candidate, one: Candidate): boolean =>
  other !== one &&
  parent(other.name) === parent(one.name) &&
  other.features === one.features &&
  other.classes === one.classes;

/**
 * As wide an output as the input of some layer, or as its own, is what hidden layers have: then a name, or the model's own configuration,
 * must say that it is the last.
 */
const isPlausible = (one: Candidate, all: readonly Candidate[], { classes }: Hints): boolean =>
  one.classes === classes || hasKnownName(one) || !all.some(({ features }) => features === one.classes);

const hasKnownName = ({ name }: Candidate): boolean => isNameOfLast(name);

/** Whether the first or the last part of a dotted name is what last layers are called. */
export function isNameOfLast(name: string): boolean {
  const parts = name.split(/[./]/);
  return NAMES.has(parts[0]) || NAMES.has(parts.at(-1) as string);
}
