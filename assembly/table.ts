/** What the host writes into memory to describe a head and a loss: lib/backends/wasm/{table,loss}.ts are the other side. */

@unmanaged
export class Segment {
  row: i32;
  sign: i32;
  /** The first of its classes. */
  first: i32;
  count: i32;
}

@unmanaged
export class Block {
  /** Address of the sign mask, one bit a feature; 0 if no bit is set. */
  mask: usize;
  /** Rows from here on carry no class. */
  rows: i32;
  segments: usize;
  segmentCount: i32;
}

@unmanaged
export class Head {
  unit: f64;
  /** Whether rows may be divided by their norm. */
  normalised: bool;
  features: i32;
  classes: i32;
  /** The order of the Hadamard matrix. */
  order: i32;
  blocks: usize;
  blockCount: i32;
  /** One row of features with +0 up to the order; as many as are taken together. */
  row: usize;
  /** The transform of a row: the order; or the products with the signed rows of a block. */
  t: usize;
  /** The sum of the blocks' transforms in the gradient: the order. */
  u: usize;
  /** One row of logits: the classes; as many as are taken together. */
  z: usize;
  /** The exponentials of one segment, behind as many +0 as there are lanes and before a group of them. */
  e: usize;
  /** The bias gradient and that of the current chunk of rows: the classes. */
  biasGradient: usize;
  chunk: usize;
  /** Addresses of the {@link KroneckerFactor} and of its transpose, the same if it is symmetric; 0 for an order that is a power of two. */
  factor: usize;
  transposedFactor: usize;
  /** Address of the columns in which the features stand; 0: feature i in column i. */
  columns: usize;
  /**
   * Address of the signed rows of a product code, of which each block has one segment; 0: there are none. Sixteen classes stand together, and
   * have for each sub-vector a byte each, the row and behind it a bit for the sign, or up to the width 8 four bits each, in pairs.
   */
  packed: usize;
  /** Whether there is room for what two classes take at once, and are enough of them. */
  paired: i32;
  /** Order of the matrix whose rows they are; the order above is that of all sub-vectors. */
  width: i32;
  /** How many such vectors the one of a class is the sum of; those of sixteen classes stand behind each other. */
  stages: i32;
  /** Address of what each of them is multiplied by, stages a class; 0: all are 1. */
  magnitudes: usize;
  /** What classes take of the sub-vectors of rows. */
  entries: usize;
  /** The transforms of sub-vectors with the rows side by side: the order, and twice the width. */
  side: usize;
  /** The products of a block with the rows side by side. */
  products: usize;
}

/** Cross-entropy against targets t_c = ((1 − λ)·q_c + λ/C)·w_c. */
@unmanaged
export class CrossEntropy {
  /** λ */
  labelSmoothing: f64;
  sumOfClassWeights: f64;
  /** What a margin takes off the cosine of a label: cos(θ + m) − cosine, or cos θ − beyond − cosine. */
  cosine: f64;
  cosOfAngle: f64;
  sinOfAngle: f64;
  beyond: f64;
  hasMargin: i32;
  /** One a row; 0: none. */
  labels: usize;
  /** q, rows × classes; 0: none. */
  targets: usize;
  /** w; 0: all are 1. */
  classWeights: usize;
  /** One a row. A row of weight 0 is left out. */
  rowWeights: usize;
}

@inline
export function block(head: Head, index: i32): Block {
  return changetype<Block>(head.blocks + index * offsetof<Block>());
}

@inline
export function segment(block: Block, index: i32): Segment {
  return changetype<Segment>(block.segments + index * offsetof<Segment>());
}
