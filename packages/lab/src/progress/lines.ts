import type { Progress } from "./progress.js";

const percent = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;

/** A line an epoch: for logs and continuous integration. */
export function lines(say: (line: string) => void): Progress {
  return {
    note: say,
    begin() {},
    step() {},
    epoch(title, { epoch, trainLoss, validationLoss, validationAccuracy, seconds }, epochs) {
      say(
        `${title}: epoch ${epoch}/${epochs}, loss ${trainLoss.toFixed(4)}, validation ${validationLoss.toFixed(4)} and ${percent(validationAccuracy)}, ${seconds.toFixed(1)} s`,
      );
    },
    failed: (title, reason) => say(`${title}: failed: ${reason}`),
    result(title, { best, seconds }) {
      if (best === null) return;
      const { accuracy, nll } = best.test;
      say(
        `${title}: test ${percent(accuracy)}, NLL ${nll.toFixed(4)} (epoch ${best.epoch} by validation), ${seconds.toFixed(1)} s`,
      );
    },
    baseline: ({ name, test, seconds }) =>
      say(`${name}: test ${percent(test.accuracy)}, ${seconds.toFixed(1)} s`),
    end() {},
  };
}
