import type { Head } from "../../heads/head.js";
import type { Random } from "../../random.js";
import type { Trunk } from "../../trunks/trunk.js";
import { energies, energyGradient } from "../energy/scores.js";

/** A classifier read as a density of inputs: E(x) = −ln Σ exp z(x). */
export class EnergyModel {
  readonly #trunk: Trunk;
  readonly #classes: number;
  readonly #head: Head;

  /** The trunk has to give gradients by its inputs. */
  constructor(trunk: Trunk, head: Head, classes: number) {
    this.#trunk = trunk;
    this.#head = head;
    this.#classes = classes;
  }

  /** Energies of a batch; sets the gradients of the parameters, and that by the inputs, of Σ weights · E. */
  async step(inputs: Float32Array, noise: Random, weights: (rows: number) => ArrayLike<number>) {
    const features = (await this.#trunk.forward(inputs, noise)).slice();
    return this.stepFrom(features, weights);
  }

  /** The same from features that the last `forward` of the trunk gave; `also` is added to the gradient by them. */
  async stepFrom(
    features: Float32Array,
    weights: (rows: number) => ArrayLike<number>,
    also?: Float32Array,
  ): Promise<Float64Array> {
    const logits = (await this.#head.logits(features)).slice();
    const found = energies(logits, this.#classes);
    const ofLogits = energyGradient(logits, this.#classes, weights(found.length));
    const gradient = (await this.#head.backward(features, ofLogits)).slice();
    if (also !== undefined) for (let i = 0; i < gradient.length; i++) gradient[i] += also[i];
    await this.#trunk.backward(gradient);
    return found;
  }

  get inputGradient(): Float32Array {
    const { inputGradient } = this.#trunk;
    if (inputGradient === undefined)
      throw new RangeError("the trunk was made without gradients by its inputs");
    return inputGradient;
  }

  /** Running statistics as they are now, and a way back to them: samples are not to be counted into them. */
  keepStatistics(): () => void {
    const kept = this.#trunk.variables.map(({ value }) => ({ value, copy: value.slice() }));
    return () => {
      for (const { value, copy } of kept) value.set(copy);
    };
  }
}
