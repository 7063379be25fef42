/** The gradient by class vectors, of a chunk of rows: docs/numerics.md, "Product codes". */
import { CHUNK_ROWS } from "./gradient";
import { row } from "./row";
import { Head } from "./table";
import { add, broadcast, broadcastFrom, mul } from "./vector";

/** What is kept of the rows of a chunk, for the host has written where: lib/backends/wasm/weights.ts is the other side. */
@unmanaged
export class KeptRows {
  /** Which classes are wanted, `count` of them; 0: all. */
  classes: usize;
  count: i32;
  /** The gradients by their logits, class by class. */
  gradients: usize;
  /** The features by scale and length, row by row. */
  features: usize;
  /** Floats from one row to the next, whole tiles. */
  stride: i32;
  /** So many are kept. */
  rows: i32;
}

/** Keeps the row and its gradients by the logits. One without a direction adds nothing. */
export function keepRow<V>(head: Head, kept: KeptRows, gradLogits: usize, scale: f64): void {
  if (row.zero) return;
  const by = broadcast<V, f32>(<f32>(scale / row.length));
  let x = row.x;
  let to = kept.features + kept.rows * kept.stride * sizeof<f32>();
  for (const end = to + kept.stride * sizeof<f32>(); to < end; to += sizeof<V>(), x += sizeof<V>()) {
    store<V>(to, mul<V, f32>(by, load<V>(x)));
  }
  to = kept.gradients + kept.rows++ * sizeof<f32>();
  for (let k = 0; k < kept.count; k++, to += CHUNK_ROWS * sizeof<f32>()) {
    const c = kept.classes === 0 ? k : load<i32>(kept.classes + k * sizeof<i32>());
    store<f32>(to, load<f32>(gradLogits + c * sizeof<f32>()));
  }
}

/** Adds what the rows that were kept add to the gradients by the vectors of some of the classes, from the first on. */
export function addWeights<V>(kept: KeptRows, first: i32, count: i32, out: usize): void {
  const bytes: usize = kept.stride * sizeof<f32>();
  let gradients = kept.gradients + first * CHUNK_ROWS * sizeof<f32>();
  for (const end = out + count * bytes; out < end; gradients += CHUNK_ROWS * sizeof<f32>()) {
    let tile = kept.features;
    for (const next = out + bytes; out < next; out += 4 * sizeof<V>(), tile += 4 * sizeof<V>()) {
      let s0 = broadcast<V, f32>(0);
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let x = tile;
      for (let g = gradients, last = g + kept.rows * sizeof<f32>(); g < last; g += sizeof<f32>(), x += bytes) {
        const by = broadcastFrom<V, f32>(g);
        s0 = add<V, f32>(s0, mul<V, f32>(by, load<V>(x)));
        s1 = add<V, f32>(s1, mul<V, f32>(by, load<V>(x, sizeof<V>())));
        s2 = add<V, f32>(s2, mul<V, f32>(by, load<V>(x, 2 * sizeof<V>())));
        s3 = add<V, f32>(s3, mul<V, f32>(by, load<V>(x, 3 * sizeof<V>())));
      }
      addAt<V>(out, s0);
      addAt<V>(out + sizeof<V>(), s1);
      addAt<V>(out + 2 * sizeof<V>(), s2);
      addAt<V>(out + 3 * sizeof<V>(), s3);
    }
  }
}

@inline
function addAt<V>(to: usize, sum: V): void {
  store<V>(to, add<V, f32>(load<V>(to), sum));
}
