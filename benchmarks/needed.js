/**
 * A value that must be there for what follows; throws if it is not.
 * @template T
 * @param {T} value
 * @param {string} what it is
 * @returns {NonNullable<T>}
 */
export function needed(value, what) {
  if (value === null || value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
