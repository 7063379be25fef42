import { Problem } from "../problem.js";

/** What is given on the command line as numbers. */
export function numberOf(
  option: string,
  text: string,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, integer = false } = {},
): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isNaN(value) && value >= min && value <= max && (!integer || Number.isSafeInteger(value)))
    return value;
  const kind = integer ? "a whole number" : "a number";
  const range = max === Number.POSITIVE_INFINITY ? `from ${min}` : `from ${min} to ${max}`;
  throw new Problem(
    `${option} is "${text}": give ${kind}${min === Number.NEGATIVE_INFINITY ? "" : ` ${range}`}`,
  );
}

/** "0.5,0.5,0.5" */
export const numbersOf = (option: string, text: string): number[] =>
  text.split(",").map((part) => numberOf(option, part));

export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
export const count = (value: number): string => value.toLocaleString("en");

/** Of files, as people say it. */
export const sizeOf = (bytes: number): string =>
  bytes < 1000
    ? `${bytes} B`
    : bytes < 1e6
      ? `${(bytes / 1000).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(2)} MB`;

export const microseconds = (value: number): string =>
  value >= 100 ? count(Math.round(value)) : value.toPrecision(2);
