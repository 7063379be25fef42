import type { Row } from "./row.js";
import type { Segment } from "./table.js";

/** The product of a row with the class vectors, and its transpose. */
export interface Product {
  /** The segments in the order of the classes. */
  readonly segments: readonly Segment[];
  /**
   * The logits of the row into out[start … start + classes), and its products with the class vectors, before they are scaled, into
   * `products`.
   */
  logits(
    row: Row,
    bias: Float32Array | null,
    out: Float32Array,
    start: number,
    products?: Float32Array | null,
  ): void;
  /** u, the gradient of the logits that starts at g[at] times the class vectors. */
  transposed(g: Float32Array, at: number, u: Float32Array): void;
}
