/** Rounds sub-vectors to signed rows of a Sylvester matrix, a sub-vector a lane: docs/numerics.md, "Product codes". */
import { transformColumns } from "./columns";

/** Sub-vectors that are rounded side by side. */
const ABREAST = 4;
const WIDEST = 32;
/** The elements of four sub-vectors, one sub-vector after the other and then side by side. */
const given = memory.data(ABREAST * WIDEST * 4, 16);
const side = memory.data(ABREAST * WIDEST * 4, 16);
/** Sums of so many elements stay finite below it. */
const LARGEST_SUMMED: f32 = 1.329227995784916e36; // 2^120

/** Returns whether all weights are finite; if not, what is written has no meaning. */
export function nearestRows(weights: usize, rows: i32, features: i32, width: i32, out: usize): bool {
  const bytes: usize = width * sizeof<f32>();
  const end = side + width * 16;
  let notFinite = f32x4.splat(0);
  for (let r = 0; r < rows; r++) {
    for (const next = weights + features * sizeof<f32>(); weights < next; out += ABREAST) {
      const taken = min(ABREAST * bytes, next - weights);
      memory.fill(given, 0, ABREAST * bytes);
      memory.copy(given, weights, taken);
      weights += taken;
      let most = f32x4.splat(0);
      for (let t = side, p = given; t < end; t += 16, p += sizeof<f32>()) {
        const v = gather(p, bytes);
        notFinite = f32x4.add(notFinite, f32x4.mul(v, f32x4.splat(0)));
        most = f32x4.pmax(most, f32x4.abs(v));
        v128.store(t, v);
      }
      const tooLarge = f32x4.gt(most, f32x4.splat(LARGEST_SUMMED));
      if (v128.any_true(tooLarge)) {
        const by = v128.bitselect(f32x4.splat(<f32>1 / <f32>width), f32x4.splat(1), tooLarge);
        for (let t = side; t < end; t += 16) v128.store(t, f32x4.mul(v128.load(t), by));
      }
      transformColumns<v128, f32>(side, width, 16, 1, 0);
      writeRows(width, end, out);
      out -= ABREAST - <usize>((taken + bytes - 1) / bytes);
    }
  }
  return i32x4.all_true(f32x4.eq(notFinite, f32x4.splat(0)));
}

@inline
function gather(p: usize, stride: usize): v128 {
  let v = v128.load32_zero(p);
  v = v128.load32_lane(p + stride, v, 1);
  v = v128.load32_lane(p + 2 * stride, v, 2);
  return v128.load32_lane(p + 3 * stride, v, 3);
}

/** Writes the first of the largest entries of each sub-vector, and `width` more where it is negative. */
function writeRows(width: i32, end: usize, out: usize): void {
  let entry = v128.load(side);
  let found = i32x4.splat(0);
  let index = found;
  for (let t = side + 16; t < end; t += 16) {
    const v = v128.load(t);
    index = i32x4.add(index, i32x4.splat(1));
    const larger = f32x4.gt(f32x4.abs(v), f32x4.abs(entry));
    entry = v128.bitselect(v, entry, larger);
    found = v128.bitselect(index, found, larger);
  }
  const negative = f32x4.lt(entry, f32x4.splat(0));
  found = i32x4.add(found, v128.and(negative, i32x4.splat(width)));
  store<u8>(out, <u8>i32x4.extract_lane(found, 0));
  store<u8>(out, <u8>i32x4.extract_lane(found, 1), 1);
  store<u8>(out, <u8>i32x4.extract_lane(found, 2), 2);
  store<u8>(out, <u8>i32x4.extract_lane(found, 3), 3);
}
