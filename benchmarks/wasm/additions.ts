/**
 * The limit of a core in WebAssembly: additions of four lanes in registers, in as many chains as hide the latency of an addition on any CPU
 * and as engines keep in the registers of x64.
 */

/** How many additions a turn does, lane by lane. */
export const ADDITIONS: i32 = 4 * 12 * 4;

/** Where the sums are left, so that no engine leaves them out. */
const sums = memory.data(16, 16);

export function add(turns: i32): void {
  const by = v128.load(sums);
  let a = by;
  let b = by;
  let c = by;
  let d = by;
  let e = by;
  let f = by;
  let g = by;
  let h = by;
  let i = by;
  let j = by;
  let k = by;
  let l = by;
  for (; turns > 0; turns--) {
    a = f32x4.add(a, by);
    b = f32x4.add(b, by);
    c = f32x4.add(c, by);
    d = f32x4.add(d, by);
    e = f32x4.add(e, by);
    f = f32x4.add(f, by);
    g = f32x4.add(g, by);
    h = f32x4.add(h, by);
    i = f32x4.add(i, by);
    j = f32x4.add(j, by);
    k = f32x4.add(k, by);
    l = f32x4.add(l, by);
    a = f32x4.add(a, by);
    b = f32x4.add(b, by);
    c = f32x4.add(c, by);
    d = f32x4.add(d, by);
    e = f32x4.add(e, by);
    f = f32x4.add(f, by);
    g = f32x4.add(g, by);
    h = f32x4.add(h, by);
    i = f32x4.add(i, by);
    j = f32x4.add(j, by);
    k = f32x4.add(k, by);
    l = f32x4.add(l, by);
    a = f32x4.add(a, by);
    b = f32x4.add(b, by);
    c = f32x4.add(c, by);
    d = f32x4.add(d, by);
    e = f32x4.add(e, by);
    f = f32x4.add(f, by);
    g = f32x4.add(g, by);
    h = f32x4.add(h, by);
    i = f32x4.add(i, by);
    j = f32x4.add(j, by);
    k = f32x4.add(k, by);
    l = f32x4.add(l, by);
    a = f32x4.add(a, by);
    b = f32x4.add(b, by);
    c = f32x4.add(c, by);
    d = f32x4.add(d, by);
    e = f32x4.add(e, by);
    f = f32x4.add(f, by);
    g = f32x4.add(g, by);
    h = f32x4.add(h, by);
    i = f32x4.add(i, by);
    j = f32x4.add(j, by);
    k = f32x4.add(k, by);
    l = f32x4.add(l, by);
  }
  const abcd = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  const efgh = f32x4.add(f32x4.add(e, f), f32x4.add(g, h));
  const ijkl = f32x4.add(f32x4.add(i, j), f32x4.add(k, l));
  v128.store(sums, f32x4.add(f32x4.add(abcd, efgh), ijkl));
}
