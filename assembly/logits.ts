/** The logits of a block and of its segments. */
import { transformRow } from "./block";
import { Row } from "./row";
import { block, Head, Segment, segment } from "./table";
import { add, broadcast, mul } from "./vector";

/** Names no label to {@link logits}. */
export const NO_LABEL = -1;

/** Writes the logits of the current row, and keeps the product with the label. A bias of 0 means that there is none. */
export function logits<V>(head: Head, bias: usize, out: usize, label: i32): void {
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    transformRow<V>(head, b);
    for (let s = 0; s < b.segmentCount; s++) {
      const part = segment(b, s);
      segmentLogits<V>(head, part, bias, out + part.first * sizeof<f32>());
      const place = label - part.first;
      if (place >= 0 && place < part.count) {
        Row.ofLabel = <f32>part.sign * load<f32>(head.t + (part.row + place) * sizeof<f32>());
      }
    }
  }
}

/**
 * Writes the logits of a segment from the transform in `head.t`: four whole vectors at a time, so that segments have to come in order. What is
 * written behind the last is not read.
 */
export function segmentLogits<V>(head: Head, part: Segment, bias: usize, out: usize): void {
  const alpha = broadcast<V, f32>(<f32>part.sign * Row.alpha);
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
