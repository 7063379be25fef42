import type { Random } from "../../random.js";
import { type Variable, variable } from "../../training/parameter.js";

/** Samples that chains go on from: most of a batch comes out of it, a few start anew, and all go back where they came from. */
export class ReplayBuffer {
  readonly variables: readonly Variable[];
  readonly #samples: Float32Array;
  readonly capacity: number;
  readonly #width: number;

  /** Full from the start with uniform noise from 0 to 1, which is what images hold. */
  constructor(capacity: number, width: number, random: Random) {
    const samples = variable("jem.buffer", [capacity, width]);
    this.#samples = samples.value;
    this.capacity = capacity;
    this.#width = width;
    this.variables = [samples];
    for (let i = 0; i < this.#samples.length; i++) this.#samples[i] = random.uniform();
  }

  /** Fills a batch, and says where each of its rows belongs. With the probability `anew` a row is noise. */
  draw(out: Float32Array, anew: number, random: Random): Int32Array {
    const places = new Int32Array(out.length / this.#width);
    for (let r = 0; r < places.length; r++) {
      places[r] = random.integer(this.capacity);
      const row = out.subarray(r * this.#width, (r + 1) * this.#width);
      if (random.uniform() < anew) for (let i = 0; i < row.length; i++) row[i] = random.uniform();
      else row.set(this.sample(places[r]));
    }
    return places;
  }

  put(places: Int32Array, samples: Float32Array): void {
    places.forEach((place, r) => {
      this.sample(place).set(samples.subarray(r * this.#width, (r + 1) * this.#width));
    });
  }

  sample(place: number): Float32Array {
    return this.#samples.subarray(place * this.#width, (place + 1) * this.#width);
  }
}
