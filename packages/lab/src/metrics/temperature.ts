/** What logits are divided by so that confidences tell how often they are right: Guo et al., ICML 2017. */

export interface Temperature {
  readonly temperature: number;
  /** A sentence where it is not the minimum of the loss, otherwise null. */
  readonly note: string | null;
}

export const LOWEST_TEMPERATURE = 1 / 20;
export const HIGHEST_TEMPERATURE = 20;
/** Below it the temperature would follow chance. */
const ENOUGH_ROWS = 30;

/**
 * The temperature of least NLL. The loss is convex in b = 1 / T, so that Newton's steps within a bracket, which each derivative's sign
 * narrows, cannot miss its minimum.
 */
export function fitTemperature(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): Temperature {
  const rows = labels.length;
  if (logits.length !== rows * classes)
    throw new RangeError(`${rows} labels with ${logits.length} logits of ${classes} classes`);
  if (rows < ENOUGH_ROWS)
    return {
      temperature: 1,
      note: `${rows} rows of validation are too few to choose a temperature by: it is 1.`,
    };
  const { slope: first, wrong } = derivatives(logits, labels, classes, 1);
  if (Number.isNaN(first))
    return { temperature: 1, note: "Logits of the validation part are not finite: the temperature is 1." };
  if (wrong === 0)
    return {
      temperature: 1,
      note: "All of the validation part is right, which bounds no temperature: it is 1.",
    };

  let low = 1 / HIGHEST_TEMPERATURE;
  let high = 1 / LOWEST_TEMPERATURE;
  const atBound = (b: number): Temperature => ({
    temperature: 1 / b,
    note: `The loss falls up to the last temperature that is tried, ${1 / b}.`,
  });
  if (derivatives(logits, labels, classes, low).slope >= 0) return atBound(low);
  if (derivatives(logits, labels, classes, high).slope <= 0) return atBound(high);
  let b = 1;
  for (let step = 0; step < 100; step++) {
    const { slope, curvature } = derivatives(logits, labels, classes, b);
    if (slope > 0) high = b;
    else low = b;
    const newton = b - slope / curvature;
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high);
    if (Math.abs(next - b) <= 1e-10 * b) break;
    b = next;
  }
  return { temperature: 1 / b, note: null };
}

/** Of the mean NLL by b: the mean logit under the softmax less the label's, and the variance of logits under it. */
function derivatives(logits: Float32Array, labels: ArrayLike<number>, classes: number, b: number) {
  let slope = 0;
  let curvature = 0;
  let wrong = 0;
  for (let row = 0; row < labels.length; row++) {
    const start = row * classes;
    const label = start + labels[row];
    let best = start;
    for (let k = start; k < start + classes; k++) if (logits[k] > logits[best]) best = k;
    if (best !== label) wrong++;
    const highest = logits[best];
    let sum = 0;
    let first = 0;
    let second = 0;
    for (let k = start; k < start + classes; k++) {
      const below = logits[k] - highest;
      // Of a class that is ruled out by −∞ nothing is added; 0 · ∞ would be NaN.
      if (below === Number.NEGATIVE_INFINITY) continue;
      const weight = Math.exp(b * below);
      sum += weight;
      first += weight * below;
      second += weight * below * below;
    }
    const mean = first / sum;
    slope += mean - (logits[label] - highest);
    curvature += second / sum - mean * mean;
  }
  return { slope: slope / labels.length, curvature: curvature / labels.length, wrong };
}
