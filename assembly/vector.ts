/**
 * The operations in which the two builds differ. Kernels are written over a vector type V of elements T: V is v128 in the SIMD
 * build and T itself in the baseline, where a vector has one lane. Every branch here is decided while compiling.
 */

/** How many lanes a vector V of elements T has. */
@inline
export function lanes<V, T>(): i32 {
  return sizeof<V>() / sizeof<T>();
}

/** Puts the same number into every lane. */
@inline
export function broadcast<V, T>(x: T): V {
  if (isVector<V>()) return v128.splat<T>(x);
  return x;
}

/** Puts the element at an address into every lane. In a loop this is cheaper than a constant, which engines build anew each time. */
@inline
export function broadcastFrom<V, T>(address: usize): V {
  if (isVector<V>()) return v128.load_splat<T>(address);
  return load<T>(address);
}

@inline
export function add<V, T>(a: V, b: V): V {
  if (isVector<V>()) return v128.add<T>(a, b);
  return a + b;
}

@inline
export function sub<V, T>(a: V, b: V): V {
  if (isVector<V>()) return v128.sub<T>(a, b);
  return a - b;
}

@inline
export function mul<V, T>(a: V, b: V): V {
  if (isVector<V>()) return v128.mul<T>(a, b);
  return a * b;
}

/** t·z, and 0 where t is 0, whatever z is. */
@inline
export function productOrZero<V>(t: V, z: V): V {
  if (isVector<V>()) return v128.and(f32x4.mul(t, z), f32x4.ne(t, f32x4.splat(0)));
  return t === 0 ? 0 : t * z;
}

const MINUS = memory.data<f32>([-0]);
const MINUS_F64 = memory.data<f64>([-0]);

/** What {@link negateBy} takes: the sign bits of floats, nothing of integers. Engines would make them anew in every turn of a loop. */
@inline
export function signs<V, T>(): V {
  if (isVector<V>() && isFloat<T>()) return v128.load_splat<T>(sizeof<T>() === 8 ? MINUS_F64 : MINUS);
  return broadcast<V, T>(0);
}

@inline
export function negateBy<V, T>(a: V, minus: V): V {
  if (!isVector<V>()) return -a;
  return isFloat<T>() ? v128.xor(a, minus) : v128.sub<T>(minus, a);
}

/** The larger of two, `a` where either is NaN: the maximum of docs/numerics.md, not WebAssembly's. */
@inline
export function larger<V>(a: V, b: V): V {
  if (isVector<V>()) return f32x4.pmax(a, b);
  return b > a ? b : a;
}

@inline
export function abs<V>(a: V): V {
  if (isVector<V>()) return f32x4.abs(a);
  return Mathf.abs(a);
}

/** The signs of four lanes by their four bits: a load is cheaper than to make them of a word each time. */
const SIGNS = memory.data(16 * 16, 16);

/** Writes that table, when the module is made. */
export function writeSigns(): void {
  for (let i: u32 = 0; i < 64; i++) store<u32>(SIGNS + i * sizeof<u32>(), ((i >> 2) >> (i & 3)) << 31);
}

/** Flips the signs of the lanes whose bit of `word` is set; lane 0 takes bit `at`. */
@inline
export function flipSigns<V>(a: V, word: u32, at: i32): V {
  if (isVector<V>()) return v128.xor(a, v128.load(SIGNS + (((word >> at) & 15) << 4)));
  return reinterpret<f32>(reinterpret<u32>(a) ^ ((word >> at) << 31));
}
