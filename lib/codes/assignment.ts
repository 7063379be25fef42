import { checkIntegers } from "../checks.js";
import type { Tensor } from "../formats/safetensors.js";
import type { CodeOption } from "./code-options.js";

/** The number of the vector that each class has, in the code's own order of its vectors; null: class c has vector c. */
export type Assignment = Int32Array | null;

/** `most` is the number of vectors that the code has at a width. */
export const assignmentOption = (most: (features: number) => number): CodeOption<Assignment> => ({
  initial: null,
  required: false,
  check(what, given, { features, classes }) {
    const vectors = checkIntegers(what, given, most(features));
    if (vectors.length > classes) {
      throw new RangeError(
        `${what} has ${vectors.length} elements for ${classes} classes: give at most one each`,
      );
    }
    const classOf = new Map<number, number>();
    vectors.forEach((vector, c) => {
      const other = classOf.get(vector);
      if (other !== undefined) {
        throw new RangeError(`${what} gives the vector ${vector} to the classes ${other} and ${c}`);
      }
      classOf.set(vector, c);
    });
    return vectors;
  },
  encode: (assignment) => assignment && { dtype: "I32", shape: [assignment.length], data: assignment },
  decode: (kept) => (isVector(kept) ? kept.data : undefined),
});

const isVector = (kept: string | Tensor): kept is Tensor =>
  typeof kept === "object" && kept.dtype === "I32" && kept.shape.length === 1;

export interface AssignedVectors {
  /** The vectors in use, ascending: one at each place. */
  readonly vectors: Int32Array;
  /** The place of each class; null: class c at place c. */
  readonly places: Int32Array | null;
}

/** Classes behind the end of the assignment get the lowest vectors that are left, so a class keeps its vector when classes are added. */
export function assignVectors(assignment: Int32Array, classes: number): AssignedVectors {
  const vectorOf = new Int32Array(classes);
  vectorOf.set(assignment);
  const taken = new Set(assignment);
  let next = 0;
  for (let c = assignment.length; c < classes; c++) {
    while (taken.has(next)) next++;
    vectorOf[c] = next++;
  }
  const vectors = vectorOf.slice().sort();
  if (vectors.every((vector, c) => vector === vectorOf[c])) return { vectors, places: null };
  const placeOf = new Map<number, number>();
  vectors.forEach((vector, place) => {
    placeOf.set(vector, place);
  });
  return { vectors, places: vectorOf.map((vector) => placeOf.get(vector) as number) };
}
