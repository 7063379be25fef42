import type { Parameter } from "../training/parameter.js";

/** Sums of gradients over several passes, each of which writes its own anew. */
export class GradientSum {
  readonly #parameters: readonly Parameter[];
  readonly #sums: Float32Array[];
  #empty = true;

  constructor(parameters: readonly Parameter[]) {
    this.#parameters = parameters;
    this.#sums = parameters.map(({ value }) => new Float32Array(value.length));
  }

  /** Takes the gradients that the parameters have now. */
  add(): void {
    this.#parameters.forEach(({ gradient }, k) => {
      const sum = this.#sums[k];
      if (this.#empty) sum.set(gradient);
      else for (let i = 0; i < sum.length; i++) sum[i] += gradient[i];
    });
    this.#empty = false;
  }

  /** Gives the parameters the sums, and starts from nothing. */
  take(): void {
    this.#parameters.forEach(({ gradient }, k) => {
      gradient.set(this.#sums[k]);
    });
    this.#empty = true;
  }
}

/** The same sum of vectors that do not belong to parameters. */
export function addTo(sum: Float32Array, terms: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += terms[i];
}
