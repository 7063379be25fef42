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
 * Periodically sampled weight averaging (Tripathi et al., *Improving Model Training by Periodic Sampling over Weight Distributions*,
 * 2019): weights are sampled within each epoch, and the next one goes on from their mean.
 */
export function pswa({ parameters }: Training, samples: number): Average {
  const means = arraysFor(parameters, "mean");
  /** Samples of this epoch, and of all. */
  const counts = variable("average.counts", [2]);
  return {
    afterStep(at: Moment) {
      if (!isSampled(at, samples)) return;
      counts.value[0]++;
      counts.value[1]++;
      blend(means, parameters, 1 / counts.value[0]);
    },
    afterEpoch() {
      if (counts.value[0] > 0) goOnFrom(means, parameters);
      counts.value[0] = 0;
    },
    state: () => [...means, counts],
    averaged: () => (counts.value[1] > 0 ? named(means, parameters) : null),
  };
}
