import cliProgress from "cli-progress";
import { lines } from "./lines.js";
import type { Progress } from "./progress.js";

/** One line on a terminal, and the sentences above it. */
export function bar(stream: NodeJS.WriteStream): Progress {
  const said = lines((line) => stream.write(`${line}\n`));
  let current: cliProgress.SingleBar | undefined;
  /** The first step that was told of: one that goes on does not begin at 0. */
  let began: { at: number; epochs: number } | undefined;
  const stop = (): void => {
    current?.stop();
    current = undefined;
  };
  // An error and a second Ctrl-C end all at once, and would leave the terminal without its cursor.
  process.once("exit", stop);
  /** What is written while a bar stands there goes above it. */
  const above =
    <A extends readonly unknown[]>(say: (...given: A) => void) =>
    (...given: A): void => {
      stop();
      say(...given);
    };
  return {
    ...said,
    begin(title, epochs) {
      stop();
      began = undefined;
      current = new cliProgress.SingleBar({
        stream,
        format: `${title} {bar} {epoch}/${epochs}  loss {loss}  acc {accuracy}  {rate} rows/s  {left} left`,
        barsize: 20,
        barCompleteChar: "█",
        barIncompleteChar: "░",
        clearOnComplete: true,
        stopOnComplete: false,
        hideCursor: true,
        gracefulExit: false,
        etaBuffer: 200,
        forceRedraw: false,
      });
      current.start(epochs, 0, { epoch: "0", loss: "-", accuracy: "-", rate: "-", left: "-" });
    },
    step({ epochs, loss, accuracy, rate }) {
      if (current === undefined) return;
      const now = performance.now();
      began ??= { at: now, epochs };
      const perSecond = (1000 * (epochs - began.epochs)) / (now - began.at);
      current.update(epochs, {
        epoch: epochs.toFixed(1),
        loss: loss.toFixed(3),
        accuracy: accuracy === null ? "-" : `${(100 * accuracy).toFixed(1)} %`,
        rate: rate.toFixed(0),
        left: duration((current.getTotal() - epochs) / perSecond),
      });
    },
    epoch() {},
    note: above(said.note),
    failed: above(said.failed),
    result: above(said.result),
    baseline: above(said.baseline),
    end: stop,
  };
}

function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "-";
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
