/** A random rotation of rows, in place: docs/numerics.md, "Rotations". */
import { factorStage, KroneckerFactor } from "./factor";
import { transformRows } from "./fwht";
import { applyMask } from "./row";
import { add, broadcast, flipSigns, lanes, mul, sub } from "./vector";

/** What the host writes into memory: lib/backends/wasm/rotation.ts is the other side. */
@unmanaged
export class Rotation {
  length: i32;
  order: i32;
  rounds: i32;
  /** 1 / √order */
  scale: f32;
  /** 1 / √(2 · order) */
  scaleOfHalves: f32;
  /** Address of the {@link KroneckerFactor}; 0 for an order that is a power of two. */
  factor: usize;
  /** Address of its transpose, which is the same where B is symmetric; 0 where there is none. */
  transposed: usize;
}

/** The masks stand behind the other fields. */
@inline
function masksOf(rotation: Rotation): usize {
  return changetype<usize>(rotation) + offsetof<Rotation>();
}

/** Rotates every row in place, or undoes that. Nothing is written past the end of a row. */
export function rotate<V>(rotation: Rotation, x: usize, rows: i32, inverse: bool): void {
  const masks = masksOf(rotation);
  const bytes: usize = (rotation.length === rotation.order ? 1 : 3) * maskBytes(rotation);
  for (let r = 0; r < rows; r++) {
    for (let round = 0; round < rotation.rounds; round++) {
      if (inverse) undoRound<V>(rotation, x, masks + (rotation.rounds - 1 - round) * bytes);
      else doRound<V>(rotation, x, masks + round * bytes);
    }
    x += rotation.length * sizeof<f32>();
  }
}

@inline
function maskBytes(rotation: Rotation): usize {
  return ((rotation.order + 31) >> 5) * sizeof<u32>();
}

function doRound<V>(rotation: Rotation, x: usize, mask: usize): void {
  const order = rotation.order;
  const last = rotation.length - order;
  if (last === 0) {
    multiplyAndSign<V>(x, order, rotation.scale, mask);
    transformOf<V>(rotation, x, rotation.factor);
    return;
  }
  mixHalves<V>(rotation, x, mask);
  transformOf<V>(rotation, x, rotation.factor);
  x += last * sizeof<f32>();
  multiply<V>(x, order - last, rotation.scale);
  multiplyAndSign<V>(x, order, 1, mask + 2 * maskBytes(rotation));
  transformOf<V>(rotation, x, rotation.factor);
}

/** Undoes each step of {@link doRound}, from the last to the first. */
function undoRound<V>(rotation: Rotation, x: usize, mask: usize): void {
  const order = rotation.order;
  const last = rotation.length - order;
  if (last === 0) {
    transformOf<V>(rotation, x, rotation.transposed);
    multiplyAndSign<V>(x, order, rotation.scale, mask);
    return;
  }
  const end = x + last * sizeof<f32>();
  transformOf<V>(rotation, end, rotation.transposed);
  multiply<V>(end, order - last, rotation.scale);
  multiplyAndSign<V>(end, order, 1, mask + 2 * maskBytes(rotation));
  transformOf<V>(rotation, x, rotation.factor);
  undoHalves<V>(rotation, x, mask);
}

/** Transforms `order` elements, by the factor at that address if it is not 0. */
function transformOf<V>(rotation: Rotation, x: usize, factorAt: usize): void {
  const bytes: usize = rotation.order * sizeof<f32>();
  if (factorAt === 0) {
    transformRows<V, f32>(x, x + bytes, bytes);
    return;
  }
  const factor = changetype<KroneckerFactor>(factorAt);
  const stretch = bytes / factor.order;
  factorStage<V, f32>(factor, x, stretch, factor.order);
  transformRows<V, f32>(x, x + bytes, stretch);
}

/** Flips the signs of a vector by the bits of a mask from bit i on. */
@inline
function signed<V>(a: V, mask: usize, i: i32): V {
  return flipSigns<V>(a, load<u32>(mask + (i >> 5) * sizeof<u32>()), i & 31);
}

function multiply<V>(x: usize, count: i32, factor: f32): void {
  const by = broadcast<V, f32>(factor);
  let i = 0;
  for (; i + lanes<V, f32>() <= count; i += lanes<V, f32>(), x += sizeof<V>()) {
    store<V>(x, mul<V, f32>(load<V>(x), by));
  }
  for (; i < count; i++, x += sizeof<f32>()) store<f32>(x, load<f32>(x) * factor);
}

function multiplyAndSign<V>(x: usize, count: i32, factor: f32, mask: usize): void {
  let i = count & -32;
  applyMask<V>(x, x, mask, i, factor);
  x += i * sizeof<f32>();
  const by = broadcast<V, f32>(factor);
  for (; i + lanes<V, f32>() <= count; i += lanes<V, f32>(), x += sizeof<V>()) {
    store<V>(x, signed<V>(mul<V, f32>(load<V>(x), by), mask, i));
  }
  for (; i < count; i++, x += sizeof<f32>()) store<f32>(x, signed<f32>(load<f32>(x) * factor, mask, i));
}

/** Mixes the two halves of a row. */
function mixHalves<V>(rotation: Rotation, x: usize, mask: usize): void {
  const half = rotation.length >> 1;
  const other = mask + maskBytes(rotation);
  const by = rotation.scaleOfHalves;
  let p = x;
  let q = x + (rotation.length - half) * sizeof<f32>();
  let i = 0;
  for (; i + lanes<V, f32>() <= half; i += lanes<V, f32>(), p += sizeof<V>(), q += sizeof<V>()) {
    mixAt<V>(p, q, mask, other, i, by);
  }
  for (; i < half; i++, p += sizeof<f32>(), q += sizeof<f32>()) mixAt<f32>(p, q, mask, other, i, by);
  middle(rotation, x, mask);
}

@inline
function mixAt<V>(p: usize, q: usize, mask: usize, other: usize, i: i32, factor: f32): void {
  const by = broadcast<V, f32>(factor);
  const a = signed<V>(mul<V, f32>(load<V>(p), by), mask, i);
  const b = signed<V>(mul<V, f32>(load<V>(q), by), other, i);
  store<V>(p, add<V, f32>(a, b));
  store<V>(q, sub<V, f32>(a, b));
}

function undoHalves<V>(rotation: Rotation, x: usize, mask: usize): void {
  const half = rotation.length >> 1;
  const other = mask + maskBytes(rotation);
  const by = rotation.scaleOfHalves;
  let p = x;
  let q = x + (rotation.length - half) * sizeof<f32>();
  let i = 0;
  for (; i + lanes<V, f32>() <= half; i += lanes<V, f32>(), p += sizeof<V>(), q += sizeof<V>()) {
    undoAt<V>(p, q, mask, other, i, by);
  }
  for (; i < half; i++, p += sizeof<f32>(), q += sizeof<f32>()) undoAt<f32>(p, q, mask, other, i, by);
  middle(rotation, x, mask);
}

@inline
function undoAt<V>(p: usize, q: usize, mask: usize, other: usize, i: i32, factor: f32): void {
  const by = broadcast<V, f32>(factor);
  const a = mul<V, f32>(load<V>(p), by);
  const b = mul<V, f32>(load<V>(q), by);
  store<V>(p, signed<V>(add<V, f32>(a, b), mask, i));
  store<V>(q, signed<V>(sub<V, f32>(a, b), other, i));
}

/** Scales the element between the halves of a row of odd length, which has no partner. */
function middle(rotation: Rotation, x: usize, mask: usize): void {
  if ((rotation.length & 1) === 0) return;
  const half = rotation.length >> 1;
  x += half * sizeof<f32>();
  store<f32>(x, signed<f32>(load<f32>(x) * rotation.scale, mask, half));
}
