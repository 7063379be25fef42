import { Problem } from "fixed-classifier-models/files";

const LONGEST = 2 ** 31 - 1;

/** The names of classes as UTF-8, which is how tables have them. */
export class LabelBytes {
  readonly #bytes: readonly Uint8Array[];

  constructor(readonly names: readonly string[]) {
    const encoder = new TextEncoder();
    this.#bytes = names.map((name) => encoder.encode(name));
  }

  /** Where the name of each class starts and ends, and all names behind each other; a class below 0 has none. */
  of(classes: Int32Array): [offsets: Int32Array, names: Uint8Array] {
    const offsets = new Int32Array(classes.length + 1);
    let end = 0;
    for (let k = 0; k < classes.length; k++) {
      if (classes[k] >= 0) end += this.#bytes[classes[k]].length;
      if (end > LONGEST) {
        throw new Problem("the labels of a batch have more than 2 GiB; write the table in smaller batches");
      }
      offsets[k + 1] = end;
    }
    const names = new Uint8Array(end);
    for (let k = 0; k < classes.length; k++) {
      if (classes[k] >= 0) names.set(this.#bytes[classes[k]], offsets[k]);
    }
    return [offsets, names];
  }
}
