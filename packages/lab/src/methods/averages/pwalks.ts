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
 * Periodic weight averaging over the last K samples (Tripathi et al., 2019): as pswa, but the mean is of the last K, which may be fewer
 * than an epoch has, or reach back into those before it.
 */
export function pwalks({ parameters }: Training, samples: number, last: number): Average {
  const ring = Array.from({ length: last }, (_, k) => arraysFor(parameters, `sample${k}`));
  const means = arraysFor(parameters, "mean");
  const count = variable("average.count", [1]);

  /** Of the samples in the ring, from the oldest: the order decides the last bit. */
  function average(): void {
    const taken = count.value[0];
    const kept = Math.min(taken, last);
    for (let k = 0; k < kept; k++) {
      const sample = ring[(taken - kept + k) % last];
      blend(
        means,
        sample.map(({ value }, i) => ({ ...parameters[i], value })),
        1 / (k + 1),
      );
    }
  }

  return {
    afterStep(at: Moment) {
      if (!isSampled(at, samples)) return;
      blend(ring[count.value[0] % last], parameters, 1);
      count.value[0]++;
    },
    afterEpoch() {
      if (count.value[0] === 0) return;
      average();
      goOnFrom(means, parameters);
    },
    state: () => [...ring.flat(), count],
    averaged() {
      if (count.value[0] === 0) return null;
      average();
      return named(means, parameters);
    },
  };
}
