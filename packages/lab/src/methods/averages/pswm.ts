import { variable } from "../../training/parameter.js";
import {
  type Average,
  arraysFor,
  blend,
  goOnFrom,
  isSampled,
  type Moment,
  named,
  type Training,
} from "./average.js";

/**
 * Periodically sampled weight momentum (Tripathi et al., 2019): a sample moves the average by 1 − momentum of the way to it, and each
 * epoch goes on from the average.
 */
export function pswm({ parameters }: Training, samples: number, momentum: number): Average {
  const means = arraysFor(parameters, "mean");
  const count = variable("average.count", [1]);
  return {
    afterStep(at: Moment) {
      if (!isSampled(at, samples)) return;
      blend(means, parameters, count.value[0] === 0 ? 1 : 1 - momentum);
      count.value[0]++;
    },
    afterEpoch() {
      if (count.value[0] > 0) goOnFrom(means, parameters);
    },
    state: () => [...means, count],
    averaged: () => (count.value[0] > 0 ? named(means, parameters) : null),
  };
}
