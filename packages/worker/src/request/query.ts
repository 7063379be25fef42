import { DEFAULT_K, MAX_K } from "../limits.js";
import { Problem } from "../problem.js";

export const maxK = (classes: number): number => Math.min(MAX_K, classes);

/**
 * How many classes of each row are asked for.
 *
 * @throws Problem for an address with other parameters, or k out of range
 */
export function readK(parameters: URLSearchParams, classes: number): number {
  const most = maxK(classes);
  for (const name of parameters.keys()) {
    if (name !== "k") {
      throw new Problem(
        "bad-query",
        `the address has a parameter besides k: leave ${JSON.stringify(name.slice(0, 40))} out`,
      );
    }
  }
  const [given, another] = parameters.getAll("k");
  if (another !== undefined) throw new Problem("bad-query", "k is given twice: give it once");
  if (given === undefined) return Math.min(DEFAULT_K, most);
  const k = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (k < 1 || k > most) {
    throw new Problem(
      "bad-query",
      `k is ${JSON.stringify(given.slice(0, 40))}: give an integer from 1 to ${most}`,
    );
  }
  return k;
}
