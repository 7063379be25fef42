import { FixedClassifier } from "fixed-classifier";

/** The best classes of one row, best first. */
export interface Ranking {
  readonly classes: readonly number[];
  readonly names: readonly string[];
  /** Logits: float32, whose decimal numbers lead back to the same bits. */
  readonly scores: readonly number[];
}

/** A trained head, and what its classes are called. */
export class Model {
  readonly head: FixedClassifier;
  readonly names: readonly string[];

  /** @throws RangeError for a damaged file, or as many names as there are no classes: then the Worker does not start */
  constructor(file: ArrayBuffer, names: readonly string[]) {
    this.head = FixedClassifier.fromSafetensors(file);
    const { classes } = this.head;
    if (names.length !== classes) {
      throw new RangeError(
        `model/classes.json has ${names.length} names, and the head ${classes} classes: give each class a name`,
      );
    }
    this.names = names;
  }

  /** @param x whole rows of features, finite */
  classify(x: Float32Array, k: number): Ranking[] {
    const { classes, scores } = this.head.topK(x, k);
    return Array.from({ length: x.length / this.head.features }, (_, row) => {
      const best = Array.from(classes.subarray(row * k, (row + 1) * k));
      return {
        classes: best,
        names: best.map((c) => this.names[c] as string),
        scores: Array.from(scores.subarray(row * k, (row + 1) * k)),
      };
    });
  }
}
