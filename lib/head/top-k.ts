/** The best classes of every row. */
export interface TopK {
  /** rows × k, best first. */
  readonly classes: Int32Array;
  /** Their logits, rows × k. */
  readonly scores: Float32Array;
}
