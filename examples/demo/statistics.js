/** @param {number[]} values */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Of the mean, from the spread of the values.
 * @param {number[]} values
 */
export function standardError(values) {
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/**
 * Of a fraction counted over `count` trials.
 * @param {number} fraction
 * @param {number} count
 */
export const binomialError = (fraction, count) => Math.sqrt((fraction * (1 - fraction)) / count);

/** @param {number[]} values */
export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
