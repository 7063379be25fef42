import { transformRow } from "./block";
import { Row } from "./row";
import { block, Head, Segment, segment } from "./table";
import { add, broadcast, mul } from "./vector";

/** The logits of the current row. A bias of 0 means none. */
export function logits<V>(head: Head, bias: usize, out: usize): void {
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    transformRow<V>(head, b);
    for (let s = 0; s < b.segmentCount; s++) {
      const part = segment(b, s);
      segmentLogits<V>(head, part, bias, out + part.first * sizeof<f32>());
    }
  }
}

/** The logits of a segment from the transform in `head.t`. Writes whole vectors: go through the segments in order. */
export function segmentLogits<V>(head: Head, part: Segment, bias: usize, out: usize): void {
  const alpha = broadcast<V, f32>(<f32>part.sign * Row.alpha);
  let t = head.t + part.row * sizeof<f32>();
  const end = out + part.count * sizeof<f32>();
  if (bias === 0) {
    for (; out < end; out += sizeof<V>(), t += sizeof<V>()) store<V>(out, mul<V, f32>(alpha, load<V>(t)));
    return;
  }
  let b = bias + part.first * sizeof<f32>();
  for (; out < end; out += sizeof<V>(), t += sizeof<V>(), b += sizeof<V>()) {
    store<V>(out, add<V, f32>(mul<V, f32>(alpha, load<V>(t)), load<V>(b)));
  }
}
