import { Problem } from "../../problem.js";
import type { Candidate, Floats } from "../candidate.js";
import type { ReadOptions } from "../format.js";

/** A matrix and perhaps a bias, which say themselves which way round the matrix is, unless it is square. */
export function denseOf(
  file: string,
  weights: Floats,
  bias: Floats | null,
  layout: ReadOptions["layout"],
): Candidate {
  const fail = (reason: string): never => {
    throw new Problem(`${file}: ${reason}`);
  };
  if (weights.shape.length !== 2) {
    fail(
      `${weights.name} has the shape (${weights.shape.join(", ")}); weights are a matrix of classes and features`,
    );
  }
  const [rows, columns] = weights.shape;
  const count = bias === null ? null : vectorLength(bias, fail);
  if (count !== null && count !== rows && count !== columns) {
    fail(
      `${bias?.name} has ${count} numbers, and ${weights.name} neither as many rows nor columns but (${rows}, ${columns}); give the bias of the same layer`,
    );
  }
  const asBias = rows === columns || count === null ? null : count === rows;
  const asOption = layout === undefined ? null : layout === "classes-first";
  if (asBias !== null && asOption !== null && asBias !== asOption)
    fail(
      `by its ${count} numbers the bias is that of the ${asBias ? "rows" : "columns"} of ${weights.name}, by layout it is not`,
    );
  const classesFirst = asOption ?? asBias;
  if (classesFirst === null) {
    return fail(
      `${weights.name} has the shape (${rows}, ${columns}), and nothing says whether its rows are classes; give the bias, or layout: "classes-first" (PyTorch, scikit-learn) or "features-first" (Keras)`,
    );
  }
  const [classes, features] = classesFirst ? [rows, columns] : [columns, rows];
  return { name: weights.name, classes, features, weights, classesFirst, bias };
}

function vectorLength({ name, shape }: Floats, fail: (reason: string) => never): number {
  const lengths = shape.filter((size) => size !== 1);
  if (lengths.length > 1) fail(`${name} has the shape (${shape.join(", ")}); a bias is one row of numbers`);
  return lengths[0] ?? 1;
}
