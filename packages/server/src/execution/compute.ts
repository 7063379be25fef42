import type { FeatureOptions, FixedClassifier } from "fixed-classifier";

/** Rows of features as a head takes them. */
export interface Rows {
  readonly features: Float32Array | Uint16Array | Int8Array;
  readonly count: number;
  /** What 16-bit and 8-bit features mean; absent for FP32. */
  readonly options?: FeatureOptions;
}

/** What is to be computed of rows; `k` is 0 for numbers of all classes, else so many of the best. */
export interface Want {
  readonly of: "logits" | "probabilities";
  readonly k: number;
}

/** Values, rows × classes; with `k` those of the best classes, rows × k, and which classes these are. */
export interface Computed {
  readonly values: Float32Array;
  readonly classes?: Int32Array;
}

/** Arrays begin at multiples of so many floats in lent memory: a line of a cache. */
const LINE = 16;

/** All work that there is with a head: the same on the event loop and in a worker. `lent`: where numbers of all classes go as far as they find room. */
export function compute(
  head: FixedClassifier,
  rows: Rows,
  wants: readonly Want[],
  lent?: Float32Array,
): Computed[] {
  const { features, count } = rows;
  let used = 0;
  return wants.map((want) => {
    if (want.k > 0) return best(head, rows, want);
    let options: FeatureOptions & { out?: Float32Array } = rows.options ?? {};
    const length = count * head.classes;
    if (lent !== undefined && used + length <= lent.length) {
      options = { ...options, out: lent.subarray(used, used + length) };
      used += Math.ceil(length / LINE) * LINE;
    }
    const values =
      want.of === "logits" ? head.forward(features, options) : head.probabilities(features, options);
    return { values };
  });
}

function best(head: FixedClassifier, { features, count, options }: Rows, want: Want): Computed {
  const k = Math.min(want.k, head.classes);
  const { classes, scores } = head.topK(features, k, options);
  if (want.of === "logits") return { values: scores, classes };
  // The softmax is over all classes, so it is asked for once a row, of its own best ones.
  const values = new Float32Array(count * k);
  for (let row = 0; row < count; row++) {
    const one = features.subarray(row * head.features, (row + 1) * head.features);
    const chosen = classes.subarray(row * k, (row + 1) * k);
    values.set(head.probabilities(one, { ...options, classes: chosen }), row * k);
  }
  return { values, classes };
}
