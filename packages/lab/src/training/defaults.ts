/** What is taken where an option leaves it to the data. */

/** Wide inputs are mostly features of another network, for which a linear layer is enough; few columns want a network of their own. */
const WIDE = 128;
const SMALLEST_IMAGE = 8;

/** @param shape of a row; none of text */
export function defaultTrunk(shape: readonly number[]): string {
  if (shape.length === 0) return "lstm:256";
  if (shape.length === 3) {
    const [, height = 0, width = 0] = shape;
    return Math.min(height, width) >= SMALLEST_IMAGE ? "conv:32,64,64" : "mlp:256,256";
  }
  const [width = 0] = shape;
  return width >= WIDE ? "linear:512" : "mlp:256,256";
}
