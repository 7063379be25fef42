/** The best classes of a product code, scored again by the vectors that it was made of: docs/numerics.md. */

import type { HeadParameters } from "../backends/backend.js";
import { isAbove } from "../backends/js/top-k.js";
import { checkInteger } from "../checks.js";
import type { KeptOriginals } from "../codes/product-originals.js";
import { float16Table } from "../numerics/float16.js";
import type { HeadCore } from "./core.js";
import { MANY, type Search, searchFor, sorter } from "./many-best.js";

// Looking up a global is slow in Jest's sandbox.
const { floor, fround, max, min, sqrt } = Math;
const EPSILON = 1e-8;
/** Candidates that are looked for at a time, of as many rows as have no more. */
const CANDIDATES = 2 ** 16;
/** From so many a row on, they are sorted out of all classes: fewer are found sooner by insertion into a list. */
const SORTED = 2048;

/**
 * A search whose candidates are the best classes by the code, so many a row.
 *
 * @throws TypeError for a head without originals
 */
export function reranked(core: HeadCore, k: number, count: number): Search {
  const { features, classes: most } = core;
  const scoreOf = scorer(core);
  checkInteger("rerank", count, k, most);
  const search = count < SORTED ? core.kernels : searchFor(core, count);

  function topK(
    x: Float32Array,
    parameters: HeadParameters,
    _: number,
    classes: Int32Array,
    scores: Float32Array,
  ): void {
    const rows = x.length / features;
    const step = min(rows, max(1, floor(CANDIDATES / count)));
    const candidates = new Int32Array(step * count);
    const byCode = new Float32Array(step * count);
    const many = k < MANY ? null : { sort: sorter(count), exact: new Float32Array(most) };
    for (let first = 0; first < rows; first += step) {
      const length = min(step, rows - first);
      const part = x.subarray(first * features, (first + length) * features);
      const [found, scored] = [candidates.subarray(0, length * count), byCode.subarray(0, length * count)];
      search.topK(part, parameters, count, found, scored);
      for (let r = 0; r < length; r++) {
        const score = scoreOf(part, r, parameters.scale);
        const start = (first + r) * k;
        if (many !== null) {
          const { sort, exact } = many;
          const own = found.subarray(r * count, (r + 1) * count);
          for (let i = 0; i < count; i++) {
            const c = own[i] as number;
            exact[c] = score(c, scored[r * count + i] as number);
          }
          const sorted = sort(exact, own);
          for (let i = 0; i < k; i++) {
            const c = sorted(i);
            classes[start + i] = c;
            scores[start + i] = exact[c] as number;
          }
          continue;
        }
        for (let i = 0; i < count; i++) {
          const at = r * count + i;
          const c = found[at] as number;
          insert(classes, scores, start, min(i, k), start + k, c, score(c, scored[at] as number));
        }
      }
    }
  }

  return { topK };
}

/** The score of a class for one row after the other: by its original where it has one and is not masked, otherwise the one it had. */
function scorer({ settings: { code }, features, normalised }: HeadCore) {
  const originals = code.name === "product" ? (code.originals as KeptOriginals | null) : null;
  if (originals === null) {
    throw new TypeError(
      "rerank needs the vectors that the code was made of, and this head has none; make it with `originals`, an option of " +
        'the code "product"',
    );
  }
  const { weights, bias } = originals;
  const known = weights.length / features;
  const values = float16Table();
  const row = new Float64Array(features);
  let length = 1;
  let scale = 1;

  function score(c: number, byCode: number): number {
    if (c >= known || byCode === -Infinity) return byCode;
    const start = c * features;
    let sum = 0;
    for (let i = 0; i < features; i++)
      sum += (values[weights[start + i] as number] as number) * (row[i] as number);
    return scale * (sum / length + (bias === null ? 0 : (bias[c] as number)));
  }

  return (x: Float32Array, r: number, by: number) => {
    scale = by;
    let squares = 0;
    for (let i = 0; i < features; i++) {
      const v = x[r * features + i] as number;
      row[i] = v;
      squares += v * v;
    }
    if (normalised) length = sqrt(squares) + EPSILON;
    return score;
  };
}

/** Puts a class into the list from `start` on, of which there are `have` and may be up to `end`: by larger score, then by lower class. */
function insert(
  classes: Int32Array,
  scores: Float32Array,
  start: number,
  have: number,
  end: number,
  c: number,
  exact: number,
): void {
  const score = fround(exact);
  let place = start + have;
  while (place > start && isBefore(score, c, scores[place - 1] as number, classes[place - 1] as number))
    place--;
  if (place === end) return;
  const last = min(start + have, end - 1);
  classes.copyWithin(place + 1, place, last);
  scores.copyWithin(place + 1, place, last);
  classes[place] = c;
  scores[place] = score;
}

const isBefore = (score: number, c: number, other: number, d: number): boolean =>
  isAbove(score, other) || (c < d && !isAbove(other, score));
