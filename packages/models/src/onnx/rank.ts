import type { GraphIndex } from "./graph-index.js";
import { isStandard } from "./graph-index.js";

/** Operators whose result has as many axes as what they are given first, or as the larger of two. */
const KEEPING = new Set([
  "Neg",
  "Relu",
  "Cast",
  "Identity",
  "Dropout",
  "GlobalAveragePool",
  "Slice",
  "Pad",
  "MatMul",
]);
const PAIRING = new Set(["Add", "Sub", "Mul", "Div"]);
const MOST_STEPS = 64;

/** The number of axes of a value, where the file or its node says it. */
export function rankOf(name: string, index: GraphIndex): number | null {
  let least = 0;
  for (let value = name, steps = 0; steps < MOST_STEPS; steps++) {
    const shape = index.shapeOf(value);
    if (shape !== null) return Math.max(least, shape.length);
    const node = index.producer(value);
    if (node === undefined || !isStandard(node)) return null;
    if (node.opType === "Gemm" || node.opType === "Flatten") return Math.max(least, 2);
    const [left = "", right = ""] = node.input;
    if (PAIRING.has(node.opType)) {
      const stored = index.initializers.get(right) ?? index.initializers.get(left);
      if (stored === undefined) return null;
      least = Math.max(least, stored.dims.length);
      value = index.initializers.has(right) ? left : right;
    } else if (node.opType === "MatMul" && index.initializers.get(right)?.dims.length !== 2) return null;
    else if (KEEPING.has(node.opType)) value = left;
    else return null;
  }
  return null;
}
