import type { FixedClassifier } from "fixed-classifier";
import type { Added } from "./quantities.js";

/** Features of rows, as float32 or as the bits of float16. */
export type FeatureRows = Float32Array | Uint16Array;

/** What was computed of a batch: one entry a scored row, in the order of the rows; a null row has none. */
export interface Scored {
  readonly rows: number;
  /** 1 for a scored row, 0 for a null one; null when all are scored. */
  readonly valid: Uint8Array | null;
  readonly top: number;
  readonly classes: Int32Array;
  readonly scores: Float32Array;
  readonly probabilities: Float32Array;
  readonly energies: Float32Array;
}

const NONE = new Float32Array(0);

/** Fills what is to be added for one batch, chunk by chunk. */
export class Scorer {
  readonly #head: FixedClassifier;
  readonly #top: number;
  readonly #needsTop: boolean;
  readonly #needsProbabilities: boolean;
  readonly #needsEnergy: boolean;

  constructor(head: FixedClassifier, top: number, added: readonly Added[]) {
    const has = (...names: readonly string[]) => added.some(({ quantity }) => names.includes(quantity));
    this.#head = head;
    this.#top = top;
    this.#needsProbabilities = has("probability");
    this.#needsTop = has("class", "score", "label", "probability");
    this.#needsEnergy = has("energy");
  }

  get width(): number {
    return this.#head.features;
  }

  get isIdle(): boolean {
    return !this.#needsTop && !this.#needsEnergy;
  }

  /** Bytes that a row of results takes while it is computed and written, without names. */
  get bytesPerRow(): number {
    return 32 * this.#top + 32;
  }

  batch(rows: number, valid: Uint8Array | null): Batch {
    let count = rows;
    if (valid !== null) for (let r = 0; r < rows; r++) count -= 1 - valid[r];
    const many = this.#needsTop ? count * this.#top : 0;
    const scored: Scored = {
      rows,
      valid: count === rows ? null : valid,
      top: this.#top,
      classes: new Int32Array(many),
      scores: new Float32Array(many),
      probabilities: this.#needsProbabilities ? new Float32Array(many) : NONE,
      energies: this.#needsEnergy ? new Float32Array(count) : NONE,
    };
    let at = 0;
    return {
      scored,
      add: (x) => {
        this.#fill(x, at, scored);
        at += x.length / this.#head.features;
      },
    };
  }

  #fill(x: FeatureRows, at: number, { classes, scores, probabilities, energies }: Scored): void {
    const type = x instanceof Uint16Array ? ({ type: "float16" } as const) : {};
    const head = this.#head;
    const k = this.#top;
    if (this.#needsTop) {
      const best = head.topK(x, k, type);
      classes.set(best.classes, at * k);
      scores.set(best.scores, at * k);
      if (this.#needsProbabilities) {
        // The k best of a softmax need no more than the sum of all; the logits are never kept.
        const sums = head.logSumExp(x, type);
        for (let r = 0; r < sums.length; r++) {
          for (let j = r * k; j < (r + 1) * k; j++) {
            probabilities[at * k + j] = Math.exp(best.scores[j] - sums[r]);
          }
          if (this.#needsEnergy) energies[at + r] = -sums[r];
        }
        return;
      }
    }
    if (this.#needsEnergy) energies.set(head.energy(x, type), at);
  }
}

export interface Batch {
  readonly scored: Scored;
  /** The next rows that are not null. */
  add(x: FeatureRows): void;
}
