import type { Progress } from "./progress.js";

/** One object a line: `event` says what it is, the rest what belongs to it. Steps come once a second. */
export function json(write: (line: string) => void): Progress {
  const say = (event: string, about: object): void => write(JSON.stringify({ event, ...about }));
  let title = "";
  let last = 0;
  return {
    note: (sentence) => say("note", { sentence }),
    begin(run, epochs) {
      title = run;
      say("begin", { run, epochs });
    },
    step(state) {
      if (performance.now() - last < 1000) return;
      last = performance.now();
      say("step", { run: title, ...state });
    },
    epoch: (run, record) => say("epoch", { run, ...record }),
    failed: (run, reason) => say("failed", { run, reason }),
    result(run, { best, last: lastEpoch, seconds }) {
      const short = (of: typeof best) =>
        of && { epoch: of.epoch, accuracy: of.test.accuracy, nll: of.test.nll, ece: of.test.ece };
      say("result", { run, best: short(best), last: short(lastEpoch), seconds });
    },
    baseline: ({ name, test, seconds }) =>
      say("baseline", { name, accuracy: test.accuracy, nll: test.nll, seconds }),
    end() {},
  };
}
