import { variable } from "../../training/parameter.js";
import { type Average, arraysFor, blend, goOnFrom, named, type Training } from "./average.js";

/**
 * Lookahead (Zhang et al., *Lookahead Optimizer: k steps forward, 1 step back*, NeurIPS 2019): after k steps slow weights go α of the way
 * to the fast ones, which go on from there.
 */
export function lookahead({ parameters }: Training, k: number, alpha: number): Average {
  const slow = arraysFor(parameters, "slow");
  blend(slow, parameters, 1);
  const steps = variable("average.steps", [1]);
  return {
    afterStep() {
      steps.value[0] = (steps.value[0] + 1) % k;
      if (steps.value[0] > 0) return;
      blend(slow, parameters, alpha);
      goOnFrom(slow, parameters);
    },
    afterEpoch() {},
    state: () => [...slow, steps],
    averaged: () => named(slow, parameters),
  };
}
