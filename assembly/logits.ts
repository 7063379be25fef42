/** The logits of rows, block by block. */
import { transformRow } from "./block";
import { logitBytes, row, rowBytes, selectRow, readRow } from "./row";
import { makeEntries, products, productsOf } from "./signed-rows";
import { Block, block, Head, Segment, segment } from "./table";
import { add, broadcast, lanes, mul } from "./vector";

/**
 * Reads the next of the rows that are left; of those that a head of signed rows has as many as a vector has lanes, as long as there are so many.
 * Returns how many.
 */
export function readRows<V>(head: Head, x: usize, left: i32, scale: f64, normalised: bool): i32 {
  const count = head.packed !== 0 && left >= lanes<V, f32>() ? lanes<V, f32>() : 1;
  for (let i = 0; i < count; i++) {
    selectRow(i);
    row.index = i;
    row.z = head.z + i * logitBytes(head);
    readRow<V>(head, x + i * head.features * sizeof<f32>(), head.row + i * rowBytes(head), scale, normalised);
  }
  if (head.packed !== 0) makeEntries<V>(head, count);
  return count;
}

/** Leaves the products of a row with the vectors of a block in `head.t`. Where several rows are taken together, all are made with the first. */
export function productsOfBlock<V>(head: Head, block: Block, rows: i32, index: i32): void {
  selectRow(index);
  if (head.packed === 0) {
    transformRow<V>(head, block);
    return;
  }
  if (index === 0) products<V>(head, segment(block, 0), rows);
  productsOf<V>(head, segment(block, 0), rows);
}

/**
 * Writes the logits of the rows that were read last, each so many bytes behind the one before, and keeps the products with their labels. A bias
 * of 0 means that there is none, and so do labels.
 */
export function logits<V>(head: Head, bias: usize, out: usize, bytes: usize, rows: i32, labels: usize): void {
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    for (let i = 0; i < rows; i++) {
      productsOfBlock<V>(head, b, rows, i);
      for (let s = 0; s < b.segmentCount; s++) {
        const part = segment(b, s);
        const to = out + i * bytes + part.first * sizeof<f32>();
        if (rows === 1) {
          segmentLogits<V>(head, part, bias, to);
        } else {
          // What is behind the last of a row is the next one.
          segmentLogits<V>(head, part, bias, head.e);
          memory.copy(to, head.e, part.count * sizeof<f32>());
        }
        if (labels === 0) continue;
        const place = load<i32>(labels + i * sizeof<i32>()) - part.first;
        if (place >= 0 && place < part.count) {
          row.ofLabel = <f32>part.sign * load<f32>(head.t + (part.row + place) * sizeof<f32>());
        }
      }
    }
  }
}

/**
 * Writes the logits of a segment from the transform in `head.t`: four whole vectors at a time, so that segments have to come in order. What is
 * written behind the last is not read.
 */
export function segmentLogits<V>(head: Head, part: Segment, bias: usize, out: usize): void {
  const alpha = broadcast<V, f32>(<f32>part.sign * row.alpha);
  let t = head.t + part.row * sizeof<f32>();
  const end = out + part.count * sizeof<f32>();
  if (bias === 0) {
    for (; out < end; out += 4 * sizeof<V>(), t += 4 * sizeof<V>()) {
      store<V>(out, mul<V, f32>(alpha, load<V>(t)));
      store<V>(out + sizeof<V>(), mul<V, f32>(alpha, load<V>(t + sizeof<V>())));
      store<V>(out + 2 * sizeof<V>(), mul<V, f32>(alpha, load<V>(t + 2 * sizeof<V>())));
      store<V>(out + 3 * sizeof<V>(), mul<V, f32>(alpha, load<V>(t + 3 * sizeof<V>())));
    }
    return;
  }
  let b = bias + part.first * sizeof<f32>();
  for (; out < end; out += 4 * sizeof<V>(), t += 4 * sizeof<V>(), b += 4 * sizeof<V>()) {
    logitsAt<V>(out, alpha, t, b);
    logitsAt<V>(out + sizeof<V>(), alpha, t + sizeof<V>(), b + sizeof<V>());
    logitsAt<V>(out + 2 * sizeof<V>(), alpha, t + 2 * sizeof<V>(), b + 2 * sizeof<V>());
    logitsAt<V>(out + 3 * sizeof<V>(), alpha, t + 3 * sizeof<V>(), b + 3 * sizeof<V>());
  }
}

@inline
function logitsAt<V>(out: usize, alpha: V, t: usize, bias: usize): void {
  store<V>(out, add<V, f32>(mul<V, f32>(alpha, load<V>(t)), load<V>(bias)));
}
