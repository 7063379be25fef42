import { type Variable, variable } from "../training/parameter.js";
import type { HeadShape } from "./head.js";

/** The first part of a training, in which a head is on the way to what it is to be. It is counted in an array that is kept. */
export class Approach {
  /** Steps that are done, and of how many. */
  readonly variable: Variable;

  /** @param share of the training */
  constructor({ trainingSteps = 1 }: HeadShape, share: number) {
    this.variable = variable("head.approach", [2]);
    this.variable.value[1] = Math.max(1, Math.round(share * trainingSteps));
  }

  /** From 0 to 1. */
  get done(): number {
    const [steps, of] = this.variable.value;
    return Math.min(1, steps / of);
  }

  /** Whether it is over now, and was not before. */
  step(): boolean {
    if (this.done === 1) return false;
    this.variable.value[0]++;
    return this.done === 1;
  }
}
