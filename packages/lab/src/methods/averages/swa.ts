import { variable } from "../../training/parameter.js";
import { type Average, arraysFor, blend, named, type Training } from "./average.js";

/**
 * Stochastic weight averaging (Izmailov et al., *Averaging Weights Leads to Wider Optima and Better Generalization*, UAI 2018): the mean
 * of the weights at the ends of the last epochs, which training takes no notice of. They mean it with a rate that stays high.
 */
export function swa({ parameters, epochs }: Training, start: number): Average {
  const means = arraysFor(parameters, "mean");
  const count = variable("average.count", [1]);
  const first = Math.min(Math.floor(start * epochs), epochs - 1);
  return {
    afterStep() {},
    afterEpoch(epoch) {
      if (epoch < first) return;
      count.value[0]++;
      blend(means, parameters, 1 / count.value[0]);
    },
    state: () => [...means, count],
    averaged: () => (count.value[0] > 0 ? named(means, parameters) : null),
  };
}
