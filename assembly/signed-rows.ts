/**
 * The product of rows with short signed rows, and its transpose: docs/numerics.md, "Product codes". The lanes of a vector are rows of features,
 * so that what a class takes of a sub-vector is one vector, wherever it is; a single row takes what two classes take at once.
 */
import { transformColumns } from "./columns";
import { transformRows } from "./fwht";
import { row, rowBytes } from "./row";
import { Head, Segment } from "./table";
import { add, broadcast, broadcastFrom, lanes, mul, negateBy, signs } from "./vector";

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

/** Bytes of a stage of a group. */
@inline
function stageBytes(head: Head): usize {
  return subvectors(head) * groupStep(isNarrow(head));
}

/** Bytes of a group from one sub-vector to the next. */
@inline
function groupStep(narrow: bool): usize {
  return narrow ? GROUP / 2 : GROUP;
}

/** Returns the address of the magnitudes of a class. */
@inline
function magnitudesOf(head: Head, c: i32): usize {
  return head.magnitudes + c * head.stages * sizeof<f32>();
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
  const groups = (part.count + GROUP - 1) / GROUP;
  const packed = head.packed + (part.first / GROUP) * head.stages * stageBytes(head);
  if (isPaired<V>(head, rows)) addPairs<V>(head, packed, groups, part.first);
  else if (isNarrow(head)) addEntries<V>(head, packed, groups, part.first, true);
  else addEntries<V>(head, packed, groups, part.first, false);
}

/** Leaves those with the row in `head.t`. */
export function productsOf<V>(head: Head, part: Segment, rows: i32): void {
  if (!isPaired<V>(head, rows)) takeRow<V>(head.t, part.count, head.products);
}

/** Four classes at a time, so that their sums do not wait for each other. */
@inline
function addEntries<V>(head: Head, packed: usize, groups: i32, first: i32, narrow: bool): void {
  const entries: usize = 2 * head.width * sizeof<V>();
  const step = groupStep(narrow);
  const stage = stageBytes(head);
  const apart: usize = head.stages * sizeof<f32>();
  let magnitudes = magnitudesOf(head, first);
  let out = head.products;
  for (const end = packed + <usize>groups * head.stages * stage; packed < end; packed += head.stages * stage - step) {
    for (const next = packed + step; packed < next; packed += step / 4) {
      let p = packed;
      for (let k = 0; k < head.stages; k++) {
        let s0 = broadcast<V, f32>(0);
        let s1 = s0;
        let s2 = s0;
        let s3 = s0;
        let t = head.entries;
        for (const last = p + stage; p < last; p += step, t += entries) {
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
        if (head.magnitudes !== 0) {
          const m = magnitudes + k * sizeof<f32>();
          s0 = joined<V>(s0, broadcastFrom<V, f32>(m), out, k);
          s1 = joined<V>(s1, broadcastFrom<V, f32>(m + apart), out + sizeof<V>(), k);
          s2 = joined<V>(s2, broadcastFrom<V, f32>(m + 2 * apart), out + 2 * sizeof<V>(), k);
          s3 = joined<V>(s3, broadcastFrom<V, f32>(m + 3 * apart), out + 3 * sizeof<V>(), k);
        }
        store<V>(out, s0);
        store<V>(out, s1, sizeof<V>());
        store<V>(out, s2, 2 * sizeof<V>());
        store<V>(out, s3, 3 * sizeof<V>());
      }
      magnitudes += 4 * apart;
      out += 4 * sizeof<V>();
    }
  }
}

@inline
function addEntry<V>(sum: V, t: usize, entry: usize): V {
  return add<V, f32>(sum, load<V>(t + entry * sizeof<V>()));
}

/** Returns the sum of a stage by its magnitudes, added to what those before it have left. */
@inline
function joined<V>(sum: V, magnitudes: V, before: usize, stage: i32): V {
  const product = mul<V, f32>(sum, magnitudes);
  return stage === 0 ? product : add<V, f32>(load<V>(before), product);
}

/** Some sub-vectors of all groups, then the next ones. */
function addPairs<V>(head: Head, packed: usize, groups: i32, first: i32): void {
  if (!isVector<V>()) return;
  const table = 2 * head.width * PAIRS;
  const group = head.stages * stageBytes(head);
  // Where there are magnitudes, the sums of a stage are not yet the products.
  const z = head.magnitudes === 0 ? head.t : head.products;
  const zEnd = z + groups * GROUP * sizeof<f32>();
  const end = head.entries + subvectors(head) * table;
  for (let k = 0; k < head.stages; k++) {
    memory.fill(z, 0, zEnd - z);
    for (let some = head.entries; some < end; some += PAIR_BYTES) {
      const last = min(end, some + PAIR_BYTES);
      let next = packed;
      for (let sum = z; sum < zEnd; sum += GROUP * sizeof<f32>(), next += group) {
        let s0 = v128.load(sum);
        let s1 = v128.load(sum, 16);
        let s2 = v128.load(sum, 32);
        let s3 = v128.load(sum, 48);
        for (let t = some, p = next; t < last; t += table, p += GROUP / 2) {
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
      packed += ((last - some) / table) * (GROUP / 2);
    }
    if (head.magnitudes === 0) continue;
    const apart: usize = head.stages * sizeof<f32>();
    let m = magnitudesOf(head, first) + k * sizeof<f32>();
    let out = head.t;
    for (let sum = z; sum < zEnd; sum += 16, out += 16, m += 4 * apart) {
      v128.store(out, joined<v128>(v128.load(sum), gather<v128>(m, apart), out, k));
    }
  }
}

@inline
function pairs(t: usize, p: usize): v128 {
  const pair = 2 * sizeof<f32>();
  const low = v128.load64_zero(t + load<u8>(p) * pair);
  return v128.load64_lane(t + load<u8>(p, 1) * pair, low, 1);
}

const terms = memory.data(2 * 16, 16);

/**
 * Adds the gradients by the logits of rows to the bins of the rows of sub-vectors, where u is made of them. From one row to the next are
 * `stride` bytes, 0 of a single one.
 */
export function transposed<V>(head: Head, g: usize, stride: usize): void {
  const narrow = isNarrow(head);
  const width = head.width;
  const sign = ctz(width);
  const step = groupStep(narrow);
  const bytes = stageBytes(head);
  const group = head.stages * bytes;
  const minus = signs<V, f32>();
  memory.fill(head.side, 0, head.order * sizeof<V>());
  for (let c = 0; c < head.classes; c++, g += sizeof<f32>()) {
    const place = c % GROUP;
    const half = narrow ? 4 * (place & 1) : 0;
    let p = head.packed + (c / GROUP) * group + (narrow ? place >> 1 : place);
    const v = gather<V>(g, stride);
    for (let k = 0; k < head.stages; k++) {
      let term = v;
      if (head.magnitudes !== 0) {
        term = mul<V, f32>(v, broadcastFrom<V, f32>(magnitudesOf(head, c) + k * sizeof<f32>()));
      }
      store<V>(terms, term);
      store<V>(terms, negateBy<V, f32>(term, minus), sizeof<V>());
      let bins = head.side;
      for (const last = p + bytes; p < last; p += step, bins += width * sizeof<V>()) {
        const row = <u32>load<u8>(p) >> half;
        const bin = bins + (row & (width - 1)) * sizeof<V>();
        const signed = terms + ((row >> sign) & 1) * sizeof<V>();
        store<V>(bin, add<V, f32>(load<V>(bin), load<V>(signed)));
      }
    }
  }
  transformColumns<V, f32>(head.side, width, sizeof<V>(), subvectors(head), 0);
}

/** Returns the address of u of the row. */
export function transposedOf<V>(head: Head): usize {
  takeRow<V>(head.u, head.order, head.side);
  return head.u;
}
