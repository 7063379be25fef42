/**
 * The product of rows with short signed rows, and its transpose: docs/numerics.md, "Product codes". The lanes of a vector are rows of features,
 * so that what a class takes of a sub-vector is one vector, wherever it is; a single row takes what two classes take at once.
 */
import { transformColumns } from "./columns";
import { transformRows } from "./fwht";
import { row, rowBytes } from "./row";
import { Head, Segment } from "./table";
import { add, broadcast, lanes, negateBy, signs } from "./vector";

/** Classes that stand together. */
const GROUP = 16;
/** Two classes have a byte a sub-vector up to this width, beyond it each its own. */
const NARROW_WIDTH = 8;
/** The entries of two classes, for one of the second: a byte in its place is where. */
const PAIRS: usize = GROUP * 2 * sizeof<f32>();
/** Tables of pairs are used so many bytes at a time, which the first-level cache holds. */
const PAIR_BYTES: usize = 2 ** 15;

@inline
function isNarrow(head: Head): bool {
  return head.width <= NARROW_WIDTH;
}

@inline
function isPaired<V>(head: Head, rows: i32): bool {
  return isVector<V>() && rows === 1 && head.paired !== 0;
}

@inline
function subvectors(head: Head): i32 {
  return head.order / head.width;
}

/** Bytes of a group. */
@inline
function groupBytes(head: Head, narrow: bool): usize {
  return subvectors(head) * (narrow ? GROUP / 2 : GROUP);
}

/** Takes the elements that are `stride` bytes apart, one a lane. */
@inline
function gather<V>(p: usize, stride: usize): V {
  if (!isVector<V>()) return load<V>(p);
  let v = v128.load32_zero(p);
  v = v128.load32_lane(p + stride, v, 1);
  v = v128.load32_lane(p + 2 * stride, v, 2);
  return v128.load32_lane(p + 3 * stride, v, 3);
}

/** Writes so many vectors; from one to the next are `step` bytes. */
function gatherAll<V>(to: usize, count: i32, from: usize, step: usize, stride: usize): void {
  for (const end = to + count * sizeof<V>(); to < end; to += sizeof<V>(), from += step) {
    store<V>(to, gather<V>(from, stride));
  }
}

/** Takes the elements of the row from where those of several are side by side; whole vectors. */
function takeRow<V>(to: usize, elements: i32, from: usize): void {
  const count = (elements + lanes<V, f32>() - 1) / lanes<V, f32>();
  gatherAll<V>(to, count, from + row.index * sizeof<f32>(), sizeof<V>() * lanes<V, f32>(), sizeof<V>());
}

/** Makes what classes take of the sub-vectors of the rows that were read. */
export function makeEntries<V>(head: Head, rows: i32): void {
  if (isPaired<V>(head, rows)) {
    makePairs<V>(head);
    return;
  }
  let t = head.side;
  gatherAll<V>(t, head.order, head.row, sizeof<f32>(), rows === 1 ? 0 : rowBytes(head));
  transformColumns<V, f32>(t, head.width, sizeof<V>(), subvectors(head), 0);
  const half: usize = head.width * sizeof<V>();
  const minus = signs<V, f32>();
  let entry = head.entries;
  for (const end = t + head.order * sizeof<V>(); t < end; entry += half) {
    for (const next = t + half; t < next; t += sizeof<V>(), entry += sizeof<V>()) {
      const v = load<V>(t);
      store<V>(entry, v);
      store<V>(entry + half, negateBy<V, f32>(v, minus));
    }
  }
}

/** Makes of a row what two classes take, for every two entries that they may have. */
function makePairs<V>(head: Head): void {
  if (!isVector<V>()) return;
  const half: usize = head.width * sizeof<f32>();
  let t = head.side;
  const end = t + head.order * sizeof<f32>();
  memory.copy(t, head.row, head.order * sizeof<f32>());
  transformRows<V, f32>(t, end, half);
  const own = end;
  let table = head.entries;
  for (; t < end; t += half) {
    for (let i: usize = 0; i < half; i += sizeof<f32>()) {
      const v = load<f32>(t + i);
      store<f32>(own + i, v);
      store<f32>(own + half + i, -v);
    }
    const last = own + 2 * half;
    for (let second = own; second < last; second += sizeof<f32>()) {
      const b = v128.load32_splat(second);
      let to = table;
      for (let first = own; first < last; first += 16, to += 32) {
        const a = v128.load(first);
        v128.store(to, v128.shuffle<i32>(a, b, 0, 4, 1, 5));
        v128.store(to, v128.shuffle<i32>(a, b, 2, 6, 3, 7), 16);
      }
      table += PAIRS;
    }
  }
}

/** Makes the products of the classes of a segment with the rows. */
export function products<V>(head: Head, part: Segment, rows: i32): void {
  const narrow = isNarrow(head);
  const group = part.first / GROUP;
  const groups = (part.count + GROUP - 1) / GROUP;
  const packed = head.packed + group * groupBytes(head, narrow);
  if (isPaired<V>(head, rows)) addPairs<V>(head, packed, groups);
  else if (narrow) addEntries<V>(head, packed, groups, true);
  else addEntries<V>(head, packed, groups, false);
}

/** Leaves those with the row in `head.t`. */
export function productsOf<V>(head: Head, part: Segment, rows: i32): void {
  if (!isPaired<V>(head, rows)) takeRow<V>(head.t, part.count, head.products);
}

/** Four classes at a time, so that their sums do not wait for each other. */
@inline
function addEntries<V>(head: Head, packed: usize, groups: i32, narrow: bool): void {
  const entries: usize = 2 * head.width * sizeof<V>();
  const step: usize = narrow ? GROUP / 2 : GROUP;
  const group = groupBytes(head, narrow);
  let out = head.products;
  for (const end = packed + groups * group; packed < end; packed += group - step) {
    for (const next = packed + step; packed < next; packed += step / 4) {
      let s0 = broadcast<V, f32>(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let t = head.entries;
      for (let p = packed, last = p + group; p < last; p += step, t += entries) {
        if (narrow) {
          const b0 = load<u8>(p);
          const b1 = load<u8>(p, 1);
          s0 = addEntry<V>(s0, t, b0 & 15);
          s1 = addEntry<V>(s1, t, b0 >> 4);
          s2 = addEntry<V>(s2, t, b1 & 15);
          s3 = addEntry<V>(s3, t, b1 >> 4);
        } else {
          s0 = addEntry<V>(s0, t, load<u8>(p));
          s1 = addEntry<V>(s1, t, load<u8>(p, 1));
          s2 = addEntry<V>(s2, t, load<u8>(p, 2));
          s3 = addEntry<V>(s3, t, load<u8>(p, 3));
        }
      }
      store<V>(out, s0);
      store<V>(out, s1, sizeof<V>());
      store<V>(out, s2, 2 * sizeof<V>());
      store<V>(out, s3, 3 * sizeof<V>());
      out += 4 * sizeof<V>();
    }
  }
}

@inline
function addEntry<V>(sum: V, t: usize, entry: usize): V {
  return add<V, f32>(sum, load<V>(t + entry * sizeof<V>()));
}

/** Some sub-vectors of all groups, then the next ones. */
function addPairs<V>(head: Head, packed: usize, groups: i32): void {
  if (!isVector<V>()) return;
  const table = 2 * head.width * PAIRS;
  const group = groupBytes(head, true);
  const z = head.t;
  const zEnd = z + groups * GROUP * sizeof<f32>();
  memory.fill(z, 0, zEnd - z);
  const end = head.entries + subvectors(head) * table;
  for (let first = head.entries; first < end; first += PAIR_BYTES) {
    const last = min(end, first + PAIR_BYTES);
    let next = packed;
    for (let sum = z; sum < zEnd; sum += GROUP * sizeof<f32>(), next += group) {
      let s0 = v128.load(sum);
      let s1 = v128.load(sum, 16);
      let s2 = v128.load(sum, 32);
      let s3 = v128.load(sum, 48);
      for (let t = first, p = next; t < last; t += table, p += GROUP / 2) {
        s0 = f32x4.add(s0, pairs(t, p));
        s1 = f32x4.add(s1, pairs(t, p + 2));
        s2 = f32x4.add(s2, pairs(t, p + 4));
        s3 = f32x4.add(s3, pairs(t, p + 6));
      }
      v128.store(sum, s0);
      v128.store(sum, s1, 16);
      v128.store(sum, s2, 32);
      v128.store(sum, s3, 48);
    }
    packed += ((last - first) / table) * (GROUP / 2);
  }
}

@inline
function pairs(t: usize, p: usize): v128 {
  const pair = 2 * sizeof<f32>();
  const low = v128.load64_zero(t + load<u8>(p) * pair);
  return v128.load64_lane(t + load<u8>(p, 1) * pair, low, 1);
}

const terms = memory.data(4 * 16, 16);

/**
 * Adds the gradients by the logits of rows to the bins of the rows of sub-vectors, where u is made of them. From one row to the next are
 * `stride` bytes, 0 of a single one.
 */
export function transposed<V>(head: Head, gradLogits: usize, stride: usize): void {
  memory.fill(head.side, 0, head.order * sizeof<V>());
  if (isNarrow(head)) addToBins<V>(head, gradLogits, stride, true);
  else addToBins<V>(head, gradLogits, stride, false);
  transformColumns<V, f32>(head.side, head.width, sizeof<V>(), subvectors(head), 0);
}

/** Two classes at a time where they have a byte together. */
@inline
function addToBins<V>(head: Head, g: usize, stride: usize, narrow: bool): void {
  const width = head.width;
  const sign = ctz(width);
  const together = narrow ? 2 : 1;
  const step: usize = GROUP / together;
  const group = groupBytes(head, narrow);
  const minus = signs<V, f32>();
  for (let c = 0; c < head.classes; c += together, g += together * sizeof<f32>()) {
    keepTerms<V>(terms, gather<V>(g, stride), minus);
    if (narrow) {
      // Behind the last class there is another vector, to which nothing is added.
      const second = c + 1 < head.classes ? gather<V>(g + sizeof<f32>(), stride) : broadcast<V, f32>(0);
      keepTerms<V>(terms + 2 * sizeof<V>(), second, minus);
    }
    let p = head.packed + (c / GROUP) * group + (c % GROUP) / together;
    let bins = head.side;
    for (const last = p + group; p < last; p += step, bins += width * sizeof<V>()) {
      const b = <u32>load<u8>(p);
      addToBin<V>(bins, b & (width - 1), terms, (b >> sign) & 1);
      if (narrow) addToBin<V>(bins, (b >> 4) & (width - 1), terms + 2 * sizeof<V>(), b >> (4 + sign));
    }
  }
}

@inline
function keepTerms<V>(to: usize, v: V, minus: V): void {
  store<V>(to, v);
  store<V>(to, negateBy<V, f32>(v, minus), sizeof<V>());
}

@inline
function addToBin<V>(bins: usize, place: u32, from: usize, negative: u32): void {
  const bin = bins + place * sizeof<V>();
  store<V>(bin, add<V, f32>(load<V>(bin), load<V>(from + negative * sizeof<V>())));
}

/** Returns the address of u of the row. */
export function transposedOf<V>(head: Head): usize {
  takeRow<V>(head.u, head.order, head.side);
  return head.u;
}
