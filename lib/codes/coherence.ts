import { bitAt, bitWords } from "../hadamard/bits.js";
import { transform } from "../numerics/transform.js";
import { type HadamardTable, maskWords, SEGMENT_FIELDS } from "../table.js";
import type { Coherence } from "./code.js";

/**
 * Coherence of a code of rows of B ⊗ Sylvester(L) behind masks. Rows (p, j) of block k and (q, j′) of block l have the inner product
 *
 *     Σ_i B[p][i] · B[q][i] · T_i[j ^ j′]
 *
 * where T_i is the transform of the product of the two masks in the i-th stretch of L columns, 0 where no feature stands: b
 * transforms give every pair. Stretches with the same T_i, all of them where both masks repeat, are taken together.
 */
function compute(table: HadamardTable): Coherence {
  const { features, order } = table;
  const b = factorOrder(table);
  const length = order / b;
  const blocks = readBlocks(table);
  const reach = createReach(length);
  const combinations = createCombinations(table);
  const t = new Float64Array(order);
  const values = new Float64Array(length);
  let absolute = 0;
  let signed = -features;

  /** All pairs of a row set of one block and one of another, or of the same, whose transforms are in `t`. */
  function compare(groups: readonly number[][], a: RowSet, c: RowSet, same: boolean): void {
    const both = a.signs === BOTH || c.signs === BOTH;
    const sign = a.signs * c.signs;
    for (const { weights, kinds, diagonal } of combinations(groups, a, c)) {
      values.fill(0);
      groups.forEach(([first = 0], g) => {
        const weight = weights[g] as number;
        const at = first * length;
        if (weight !== 0) {
          for (let d = 0; d < length; d++) values[d] = (values[d] as number) + weight * (t[at + d] as number);
        }
      });
      const reached = reach(a.kinds[kinds[0]] as Uint8Array, c.kinds[kinds[1]] as Uint8Array);
      for (let d = same && diagonal && a === c ? 1 : 0; d < length; d++) {
        if (reached[d] !== 1) continue;
        const value = values[d] as number;
        const size = value < 0 ? -value : value;
        const product = both ? size : sign * value;
        if (product > signed) signed = product;
        // Exact opposites do not count.
        if (size > absolute && product > -features) absolute = size;
      }
    }
  }

  blocks.forEach((block, k) => {
    for (const other of blocks.slice(0, k + 1)) {
      const groups = transformProduct(table, block.index, other.index, t);
      block.sets.forEach((a, i) => {
        const others = other === block ? block.sets.slice(0, i + 1) : other.sets;
        for (const c of others) compare(groups, a, c, other === block);
      });
    }
  });
  return { absolute: absolute / features, signed: signed / features };
}

const factorOrder = ({ factor }: HadamardTable): number => factor?.order ?? 1;

const computed = new WeakMap<HadamardTable, Coherence>();

/** The coherence of a table, computed once and kept. */
export function coherence(table: HadamardTable): Coherence {
  const result = computed.get(table) ?? compute(table);
  computed.set(table, result);
  return result;
}

/** Value of {@link RowSet.signs} for rows of which both signs are in use. */
const BOTH = 0;

/** Rows (p, j) of a block: which j there are, for every p as an index of a few kinds. */
interface RowSet {
  readonly signs: number;
  readonly kinds: readonly Uint8Array[];
  /** −1 where there is no j. */
  readonly kindOf: Int32Array;
}

interface Block {
  readonly index: number;
  readonly sets: readonly RowSet[];
}

function readBlocks(table: HadamardTable): Block[] {
  const { order, segments } = table;
  const length = order / factorOrder(table);
  const complete = rowSet(new Uint8Array(order).fill(1), BOTH, length);
  const blocks: Block[] = [];
  for (let s = 0; s < segments.length; ) {
    const index = segments[s] as number;
    const rows = { plus: new Uint8Array(order), minus: new Uint8Array(order) };
    for (; segments[s] === index && s < segments.length; s += SEGMENT_FIELDS) {
      const [, row = 0, sign, , count = 0] = segments.subarray(s, s + SEGMENT_FIELDS);
      (sign === 1 ? rows.plus : rows.minus).fill(1, row, row + count);
    }
    const { plus, minus } = rows;
    const sets = plus.every((v, r) => v === 1 && minus[r] === 1)
      ? [complete]
      : [rowSet(plus, 1, length), rowSet(minus, -1, length)];
    blocks.push({ index, sets });
  }
  return blocks;
}

function rowSet(rows: Uint8Array, signs: number, length: number): RowSet {
  const kinds: Uint8Array[] = [];
  const kindOf = new Int32Array(rows.length / length).fill(-1);
  for (let p = 0; p < kindOf.length; p++) {
    const part = rows.subarray(p * length, (p + 1) * length);
    if (!part.includes(1)) continue;
    let kind = kinds.findIndex((known) => known.every((v, j) => v === part[j]));
    if (kind < 0) kind = kinds.push(part) - 1;
    kindOf[p] = kind;
  }
  return { signs, kinds, kindOf };
}

/** Leaves every T_i in `t`; returns the stretches with the same T_i, one list a group. */
function transformProduct(table: HadamardTable, k: number, l: number, t: Float64Array): number[][] {
  const { features, order, masks, columns } = table;
  const b = factorOrder(table);
  const length = order / b;
  const words = maskWords(order);
  t.fill(0);
  for (let i = 0; i < features; i++) {
    const word = (masks[k * words + (i >> 5)] as number) ^ (masks[l * words + (i >> 5)] as number);
    t[columns === null ? i : (columns[i] as number)] = (word >>> (i & 31)) & 1 ? -1 : 1;
  }
  const groups: number[][] = [];
  for (let i = 0; i < b; i++) {
    const group = groups.find(([first = 0]) => {
      for (let j = 0; j < length; j++) if (t[first * length + j] !== t[i * length + j]) return false;
      return true;
    });
    if (group) group.push(i);
    else groups.push([i]);
  }
  for (const [first = 0] of groups) transform(t, first * length, length);
  return groups;
}

/** Pairs (p, q) that give the same sum of stretches. */
interface Combination {
  /** Σ B[p][i] · B[q][i] over each group. */
  readonly weights: Float64Array;
  readonly kinds: readonly [number, number];
  /** Whether p = q. */
  readonly diagonal: boolean;
}

/** Finds the different combinations of all (p, q) in two row sets. They are kept, since nearly all pairs of blocks have the same. */
function createCombinations(table: HadamardTable) {
  const b = factorOrder(table);
  const signs = new Int8Array(b * b).fill(1);
  for (let i = 0; table.factor !== null && i < b * b; i++) {
    const [p, q] = [Math.floor(i / b), i % b];
    if (bitAt(table.factor.signs, p * bitWords(b), q) === 1) signs[i] = -1;
  }
  const known = new Map<RowSet, Map<RowSet, Map<string, Combination[]>>>();

  function build(groups: readonly number[][], a: RowSet, c: RowSet): Combination[] {
    const found = new Map<string, Combination>();
    for (let p = 0; p < b; p++) {
      for (let q = 0; q < b; q++) {
        const kinds = [a.kindOf[p] as number, c.kindOf[q] as number] as const;
        if (kinds[0] < 0 || kinds[1] < 0) continue;
        const weights = Float64Array.from(groups, (group) => {
          let sum = 0;
          for (const i of group) sum += (signs[p * b + i] as number) * (signs[q * b + i] as number);
          return sum;
        });
        const key = `${p === q} ${kinds} ${weights}`;
        if (!found.has(key)) found.set(key, { weights, kinds, diagonal: p === q });
      }
    }
    return [...found.values()];
  }

  return (groups: readonly number[][], a: RowSet, c: RowSet): Combination[] => {
    const byOther = known.get(a) ?? new Map<RowSet, Map<string, Combination[]>>();
    known.set(a, byOther);
    const byGroups = byOther.get(c) ?? new Map<string, Combination[]>();
    byOther.set(c, byGroups);
    const key = groups.join(" ");
    const combinations = byGroups.get(key) ?? build(groups, a, c);
    byGroups.set(key, combinations);
    return combinations;
  };
}

/** Finds which d = j ^ j′ there are with j in one set and j′ in another: the support of a dyadic convolution. */
function createReach(length: number) {
  const known = new Map<Uint8Array, Map<Uint8Array, Uint8Array>>();
  const isFull = (set: Uint8Array): boolean => set.every((v) => v === 1);

  function build(a: Uint8Array, b: Uint8Array): Uint8Array {
    if (isFull(a) || isFull(b)) return new Uint8Array(length).fill(1);
    const x = Float64Array.from(a);
    const y = Float64Array.from(b);
    transform(x, 0, length);
    transform(y, 0, length);
    for (let i = 0; i < length; i++) x[i] = (x[i] as number) * (y[i] as number);
    transform(x, 0, length);
    return Uint8Array.from(x, (v) => (v > length / 2 ? 1 : 0));
  }

  return (a: Uint8Array, b: Uint8Array): Uint8Array => {
    const byOther = known.get(a) ?? new Map<Uint8Array, Uint8Array>();
    known.set(a, byOther);
    const reached = byOther.get(b) ?? build(a, b);
    byOther.set(b, reached);
    return reached;
  };
}
