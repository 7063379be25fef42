/**
 * What a vector costs the core in WebAssembly besides additions: the last five stages of a transform as assembly/fwht.ts has them for eight
 * vectors, 40 additions, 8 shuffles and 16 exclusive ors, on chains that wait for no others; and loads with stores.
 */

/** How many vectors a turn of {@link last} takes through five stages. */
export const VECTORS: i32 = 12;
/** How many vectors a turn of {@link copy} loads and stores. */
export const COPIED: i32 = 512;

const sums = memory.data(16, 16);
const area = memory.data(512 * 16, 64);

export function last(turns: i32): void {
  const by = v128.load(sums);
  const signs = v128.load(area);
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
    a = f32x4.add(v128.xor(a, signs), by);
    b = f32x4.add(v128.xor(b, signs), by);
    c = f32x4.add(v128.xor(c, signs), by);
    d = f32x4.add(v128.xor(d, signs), by);
    e = f32x4.add(v128.xor(e, signs), by);
    f = f32x4.add(v128.xor(f, signs), by);
    g = f32x4.add(v128.xor(g, signs), by);
    h = f32x4.add(v128.xor(h, signs), by);
    i = f32x4.add(v128.xor(i, signs), by);
    j = f32x4.add(v128.xor(j, signs), by);
    k = f32x4.add(v128.xor(k, signs), by);
    l = f32x4.add(v128.xor(l, signs), by);
    a = v128.shuffle<f32>(a, by, 1, 4, 3, 6);
    b = v128.shuffle<f32>(b, by, 1, 4, 3, 6);
    c = v128.shuffle<f32>(c, by, 1, 4, 3, 6);
    d = v128.shuffle<f32>(d, by, 1, 4, 3, 6);
    e = v128.shuffle<f32>(e, by, 1, 4, 3, 6);
    f = v128.shuffle<f32>(f, by, 1, 4, 3, 6);
    g = v128.shuffle<f32>(g, by, 1, 4, 3, 6);
    h = v128.shuffle<f32>(h, by, 1, 4, 3, 6);
    i = v128.shuffle<f32>(i, by, 1, 4, 3, 6);
    j = v128.shuffle<f32>(j, by, 1, 4, 3, 6);
    k = v128.shuffle<f32>(k, by, 1, 4, 3, 6);
    l = v128.shuffle<f32>(l, by, 1, 4, 3, 6);
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
    a = f32x4.add(v128.xor(a, signs), by);
    b = f32x4.add(v128.xor(b, signs), by);
    c = f32x4.add(v128.xor(c, signs), by);
    d = f32x4.add(v128.xor(d, signs), by);
    e = f32x4.add(v128.xor(e, signs), by);
    f = f32x4.add(v128.xor(f, signs), by);
    g = f32x4.add(v128.xor(g, signs), by);
    h = f32x4.add(v128.xor(h, signs), by);
    i = f32x4.add(v128.xor(i, signs), by);
    j = f32x4.add(v128.xor(j, signs), by);
    k = f32x4.add(v128.xor(k, signs), by);
    l = f32x4.add(v128.xor(l, signs), by);
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

export function copy(turns: i32): void {
  for (; turns > 0; turns--) {
    for (let at = area; at < area + 512 * 16; at += 128) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      const c = v128.load(at, 32);
      const d = v128.load(at, 48);
      const e = v128.load(at, 64);
      const f = v128.load(at, 80);
      const g = v128.load(at, 96);
      const h = v128.load(at, 112);
      v128.store(at, b);
      v128.store(at, a, 16);
      v128.store(at, d, 32);
      v128.store(at, c, 48);
      v128.store(at, f, 64);
      v128.store(at, e, 80);
      v128.store(at, h, 96);
      v128.store(at, g, 112);
    }
  }
}
