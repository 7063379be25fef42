import type { FixedClassifier } from "fixed-classifier";
import type { Added } from "./quantities.js";

/** Features of rows, as float32 or as the bits of float16. */
export type FeatureRows = Float32Array | Uint16Array;

/** One entry a scored row, in the order of the rows, or `top` of them; a null row has none. */
interface Results {
  readonly classes: Int32Array;
  readonly scores: Float32Array;
  readonly probabilities: Float32Array;
  readonly energies: Float32Array;
}

/** What was computed of a batch. */
export interface Scored extends Results {
  readonly rows: number;
  /** 1 for a scored row, 0 for a null one; null when all are scored. */
  readonly valid: Uint8Array | null;
  readonly top: number;
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

  /** Room for the results of at most so many rows. */
  batch(most: number): Batch {
    const many = this.#needsTop ? most * this.#top : 0;
    const classes = new Int32Array(many);
    const scores = new Float32Array(many);
    const probabilities = this.#needsProbabilities ? new Float32Array(many) : NONE;
    const energies = this.#needsEnergy ? new Float32Array(most) : NONE;
    let at = 0;
    return {
      add: (x) => {
        this.#fill(x, at, { classes, scores, probabilities, energies });
        at += x.length / this.#head.features;
      },
      scored: (rows, valid) => ({
        ...{ rows, valid: at === rows ? null : valid, top: this.#top },
        classes: classes.subarray(0, at * this.#top),
        scores: scores.subarray(0, at * this.#top),
        probabilities: probabilities.subarray(0, at * this.#top),
        energies: energies.subarray(0, at),
      }),
    };
  }

  #fill(x: FeatureRows, at: number, { classes, scores, probabilities, energies }: Results): void {
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
  /** The next rows that are not null. */
  add(x: FeatureRows): void;
  /** What there is of so many rows. */
  scored(rows: number, valid: Uint8Array | null): Scored;
}
