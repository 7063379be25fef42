/** Text as counts of the letters, pairs and triples of letters that it is made of, by a hash of each. */

/** Rows that are zero nearly everywhere: those of row i stand from `starts[i]` to `starts[i + 1]`. */
export interface Sparse {
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
  readonly values: Float32Array;
}

const LONGEST = 3;

/**
 * A row a text: log(1 + count) of each n-gram of up to three letters at the place that its hash gives, all divided by their length as a
 * vector, so that long texts are as far from zero as short ones. Case is dropped, and a space is put before and after.
 */
export function hashedNGrams(texts: readonly string[], width: number): Sparse {
  const starts = new Uint32Array(texts.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  const counts = new Float64Array(width);
  texts.forEach((text, row) => {
    const touched = countNGrams(text, counts);
    let squares = 0;
    for (const column of touched) squares += Math.log1p(counts[column]) ** 2;
    const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    for (const column of touched) {
      columns.push(column);
      values.push(Math.log1p(counts[column]) * scale);
      counts[column] = 0;
    }
    starts[row + 1] = columns.length;
  });
  return { starts, columns: Uint32Array.from(columns), values: Float32Array.from(values) };
}

/** Adds to `counts`, and tells which of them. */
function countNGrams(text: string, counts: Float64Array): number[] {
  const letters = ` ${text.normalize("NFC").toLowerCase()} `;
  const touched: number[] = [];
  for (let from = 0; from < letters.length; from++) {
    let hash = FNV_START;
    for (let k = from; k < Math.min(letters.length, from + LONGEST); k++) {
      hash = Math.imul(hash ^ letters.charCodeAt(k), FNV_PRIME);
      const column = mixed(hash) % counts.length;
      if (counts[column]++ === 0) touched.push(column);
    }
  }
  return touched;
}

/** Fowler, Noll and Vo's hash, over code units, which leaves the low bits poor: they are mixed with the high ones. */
const FNV_START = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  return (once ^ (once >>> 15)) >>> 0;
}
