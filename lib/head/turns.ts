import { pause } from "../backends/sliced.js";

/** Milliseconds between two pauses. */
const TURN = 10;

/** A long computation, cut into steps, that lets other events run in between. */
export class Turns {
  #until = Date.now() + TURN;

  async run<T>(steps: Generator<void, T>): Promise<T> {
    for (;;) {
      const { done, value } = steps.next();
      if (Date.now() >= this.#until) {
        await pause();
        this.#until = Date.now() + TURN;
      }
      if (done) return value;
    }
  }
}
