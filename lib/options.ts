/** Objects of options: what is misspelt or not there must not be ignored in silence. */

import { describe } from "./checks.js";

const NONE = /* @__PURE__ */ Object.freeze({});
const NO_MORE: readonly string[] = [];

/**
 * The options of a call, without those that are undefined or null: both mean that an option is not given, as no options at all do.
 *
 * @param what the call, as errors name it
 * @param known the names that it has; `more` are others
 * @throws TypeError for what is no object, and for an option that is not known
 */
export function readOptions<T extends object>(
  what: string,
  options: T | null | undefined,
  known: readonly string[],
  more: readonly string[] = NO_MORE,
): T {
  if (options === undefined || options === null) return NONE as T;
  if (typeof options !== "object" || Array.isArray(options) || ArrayBuffer.isView(options)) {
    throw new TypeError(`options of ${what} must be an object, got ${describe(options)}`);
  }
  let someAreNull = false;
  for (const name in options) {
    const value = options[name];
    if (value === undefined) continue;
    if (!known.includes(name) && !more.includes(name)) throw unknownOption(what, name, [...known, ...more]);
    someAreNull ||= value === null;
  }
  return someAreNull ? withoutNull(options) : options;
}

const withoutNull = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null)) as T;

function unknownOption(what: string, name: string, known: readonly string[]): TypeError {
  const nearest = nearestName(name, known);
  const choices = `has ${known.length === 0 ? "none" : known.join(", ")}`;
  const hint = nearest === undefined ? `it ${choices}` : `did you mean "${nearest}"? It ${choices}`;
  return new TypeError(`${what} has no option "${name}", ${hint}`);
}

/** The name that is spelt most alike, if it is so at all. */
function nearestName(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((other) => ({ other, distance: editDistance(plain(name), plain(other)) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && best.distance <= Math.max(2, name.length / 3) ? best.other : undefined;
}

/** A name in the one way of writing: `label_smoothing` is `labelSmoothing`. */
const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/** How many letters have to be added, left out or changed: Levenshtein's distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min((above[j] as number) + 1, (row[j - 1] as number) + 1, change));
    }
  }
  return row[b.length] as number;
}
