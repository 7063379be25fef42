/** A range that covers the truth in 95 of 100 repetitions. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** What it is taken over, to be read after its figures: "paired, t over 3 seeds". */
  readonly method: string;
}

const COVERED = 0.95;

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of a sample, by n − 1; 0 of one value. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

/**
 * P(|t| ≤ √freedom · tan θ) of Student's distribution with a whole number of degrees of freedom: the finite sums of Abramowitz and
 * Stegun, 26.7.3 and 26.7.4.
 */
function studentWithin(theta: number, freedom: number): number {
  const squared = Math.cos(theta) ** 2;
  const odd = freedom % 2 === 1;
  let term = odd ? Math.cos(theta) : 1;
  let sum = freedom > 1 ? term : 0;
  for (let k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= (squared * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + Math.sin(theta) * sum) : Math.sin(theta) * sum;
}

/** The t within ± of which the given share of Student's distribution lies. */
export function studentQuantile(freedom: number, covered = COVERED): number {
  let low = 0;
  let high = Math.PI / 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (studentWithin(middle, freedom) < covered) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan((low + high) / 2);
}

/** ± of the same share of the normal distribution. */
const NORMAL = 1.959963984540054;

const around = (value: number, half: number, method: string, centre = value): Interval => ({
  value,
  low: centre - half,
  high: centre + half,
  method,
});

/** Of the mean of repetitions, two or more. */
export function tInterval(values: readonly number[], method: string): Interval {
  const { length } = values;
  const half = (studentQuantile(length - 1) * deviation(values)) / Math.sqrt(length);
  return around(mean(values), half, method);
}

/** Of the mean of first − second over repetitions that share all but what is compared: chance common to both cancels out. */
export function pairedBySeeds(first: readonly number[], second: readonly number[], what = "seeds"): Interval {
  return tInterval(
    first.map((value, i) => value - second[i]),
    `paired, t over ${first.length} ${what}`,
  );
}

/**
 * Of the difference of two accuracies on the same rows: only rows that one has right and the other wrong tell them apart, as in McNemar's
 * test. Half a row is added to each of the four cells (Agresti and Min, *Statistics in Medicine* 2005), without which two classifiers
 * that never differ would be sure to be the same.
 */
export function pairedByRows(first: ArrayLike<number>, second: ArrayLike<number>): Interval {
  const rows = first.length;
  let gained = 0;
  let lost = 0;
  for (let row = 0; row < rows; row++) {
    if (first[row] > second[row]) gained++;
    else if (first[row] < second[row]) lost++;
  }
  const total = rows + 2;
  const centre = (gained - lost) / total;
  const half = NORMAL * Math.sqrt(((gained + lost + 1) / total - centre ** 2) / total);
  return around((gained - lost) / rows, half, `paired, McNemar over ${rows} rows, one seed`, centre);
}

/** Welch's interval of the difference of two means that share nothing; its degrees of freedom are rounded down, to the wider side. */
export function unpairedBySeeds(first: readonly number[], second: readonly number[]): Interval {
  const a = deviation(first) ** 2 / first.length;
  const b = deviation(second) ** 2 / second.length;
  const freedom = a + b > 0 ? (a + b) ** 2 / (a ** 2 / (first.length - 1) + b ** 2 / (second.length - 1)) : 1;
  const half = studentQuantile(Math.max(1, Math.floor(freedom))) * Math.sqrt(a + b);
  const method = `not paired, Welch over ${first.length} and ${second.length} seeds`;
  return around(mean(first) - mean(second), half, method);
}

/** Of the difference of two accuracies on rows that are not the same. */
export function unpairedByRows(
  first: { accuracy: number; rows: number },
  second: { accuracy: number; rows: number },
): Interval {
  const variance = ({ accuracy, rows }: { accuracy: number; rows: number }): number =>
    (accuracy * (1 - accuracy)) / rows;
  const half = NORMAL * Math.sqrt(variance(first) + variance(second));
  return around(first.accuracy - second.accuracy, half, "not paired, by rows of one seed each");
}
