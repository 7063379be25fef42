/**
 * How well a score tells rows of the classes that were trained from rows of others. Scores are higher for the trained ones, and these
 * are the positives (Hendrycks and Gimpel, *A Baseline for Detecting Misclassified and Out-of-Distribution Examples*, ICLR 2017).
 */
export interface OodScores {
  readonly auroc: number;
  readonly aupr: number;
  /** The share of other rows that pass where 95 % of the trained ones do. */
  readonly fpr95: number;
}

export function oodScores(inside: ArrayLike<number>, outside: ArrayLike<number>): OodScores {
  return {
    auroc: auroc(inside, outside),
    aupr: aupr(inside, outside),
    fpr95: falsePositiveRate(inside, outside, 0.95),
  };
}

/** The probability that a row inside scores higher than one outside; equal ones count as half. */
export function auroc(inside: ArrayLike<number>, outside: ArrayLike<number>): number {
  let above = 0;
  let below = outside.length;
  for (const { positives, negatives } of thresholds(inside, outside)) {
    below -= negatives;
    above += positives * (below + negatives / 2);
  }
  return above / (inside.length * outside.length);
}

/** Average precision: precision weighted by what each threshold adds to recall, without interpolation. */
export function aupr(inside: ArrayLike<number>, outside: ArrayLike<number>): number {
  let found = 0;
  let taken = 0;
  let area = 0;
  for (const { positives, negatives } of thresholds(inside, outside)) {
    found += positives;
    taken += positives + negatives;
    area += (positives / inside.length) * (found / taken);
  }
  return area;
}

/** The share of rows outside that pass the highest threshold that lets through `recall` of those inside. */
export function falsePositiveRate(
  inside: ArrayLike<number>,
  outside: ArrayLike<number>,
  recall: number,
): number {
  let found = 0;
  let passed = 0;
  for (const { positives, negatives } of thresholds(inside, outside)) {
    found += positives;
    passed += negatives;
    if (found >= recall * inside.length) break;
  }
  return passed / outside.length;
}

/** From the highest score to the lowest: how many rows of each kind have it. */
function* thresholds(inside: ArrayLike<number>, outside: ArrayLike<number>) {
  if (inside.length === 0 || outside.length === 0)
    throw new RangeError("rows inside and outside are needed to tell them apart");
  const high = sorted(inside);
  const low = sorted(outside);
  let i = high.length - 1;
  let j = low.length - 1;
  while (i >= 0 || j >= 0) {
    const score = Math.max(i >= 0 ? high[i] : -Infinity, j >= 0 ? low[j] : -Infinity);
    const first = { i, j };
    while (i >= 0 && high[i] === score) i--;
    while (j >= 0 && low[j] === score) j--;
    yield { positives: first.i - i, negatives: first.j - j };
  }
}

function sorted(scores: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(scores).sort();
  if (copy.some(Number.isNaN)) throw new RangeError("a score is not a number");
  return copy;
}
