/** Orders of the rows of a Walsh-Hadamard matrix other than the natural one, as permutations of a finished transform. */

/** Order of the results of a transform: "natural" (Hadamard), "sequency" (Walsh) or "dyadic" (Paley). */
export type Ordering = "natural" | "sequency" | "dyadic";
export const ORDERINGS: readonly Ordering[] = ["natural", "sequency", "dyadic"];

/** source[i]: the natural index of the row that stands at place i. */
function sources(n: number, ordering: Ordering): Uint32Array {
  const bits = Math.log2(n);
  const source = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    // The i-th Walsh function by number of sign changes is the one whose dyadic index is the Gray code of i.
    let dyadic = ordering === "sequency" ? i ^ (i >> 1) : i;
    let natural = 0;
    for (let b = 0; b < bits; b++) {
      natural = (natural << 1) | (dyadic & 1);
      dyadic >>= 1;
    }
    source[i] = natural;
  }
  return source;
}

/** Puts blocks of `length` rows of `inner` elements, whose rows are in natural order, into another order, in place. */
export function reorder(
  x: Float32Array | Float64Array | Int32Array | Uint16Array,
  { length, inner }: { readonly length: number; readonly inner: number },
  ordering: Ordering,
): void {
  if (ordering === "natural") return;
  const source = sources(length, ordering);
  const block = length * inner;
  for (let start = 0; start < x.length; start += block) {
    const natural = x.slice(start, start + block);
    for (let i = 0; i < length; i++) {
      const from = (source[i] as number) * inner;
      if (inner === 1) x[start + i] = natural[from] as number;
      else x.set(natural.subarray(from, from + inner), start + i * inner);
    }
  }
}
