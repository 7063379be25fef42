import { Problem } from "fixed-classifier-models/files";

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** "512MB" or "2GiB" in bytes. */
export function bytesOf(option: string, given: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(given) ?? [];
  const bytes = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (!(bytes >= 1 && Number.isSafeInteger(Math.floor(bytes)))) {
    throw new Problem(`${option}: "${given}" is no size; give one such as 512MB or 2GiB`);
  }
  return Math.floor(bytes);
}

const SHOWN = [
  ["GB", 1e9],
  ["MB", 1e6],
  ["kB", 1e3],
] as const;

/**
 * Bytes as --memory takes them. What is needed is rounded up and what is allowed down: of two sizes the larger never looks like the other,
 * and the needed one, given back, is enough.
 */
export function sizeText(bytes: number, way: "up" | "down"): string {
  const [unit, size] = SHOWN.find(([, least]) => bytes >= least) ?? ["B", 1];
  const tenths = (10 * bytes) / size;
  return `${(way === "up" ? Math.ceil(tenths) : Math.floor(tenths)) / 10}${unit}`;
}

/** Refuses what cannot be held at once. */
export function tooLarge(
  name: string,
  what: string,
  needed: number,
  memory: number,
  smaller?: string,
): Problem {
  const orSmaller = smaller === undefined ? "" : `, or write smaller ${smaller}`;
  return new Problem(
    `${name}: ${what} needs ${sizeText(needed, "up")}, and --memory allows ${sizeText(memory, "down")}; raise --memory${orSmaller}`,
  );
}

/** "0:16": from the first up to the second, which is left out; either may be missing, as in "16:". */
export function rangeOf(option: string, given: string): { readonly first: number; readonly end: number } {
  const [, first, end] = /^(\d*):(\d*)$/.exec(given) ?? [];
  const range = { first: Number(first), end: end === "" ? Number.POSITIVE_INFINITY : Number(end) };
  if (first === undefined || !(range.first <= range.end)) {
    throw new Problem(`${option}: "${given}" is no range; give one such as 0:16, which is the first 16`);
  }
  return range;
}
