import { constants } from "node:os";
import cliProgress from "cli-progress";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How far images are: a bar on a terminal, which is as it was before whatever ends the process; a line now and then elsewhere. */
export function imageBar(): (done: number, count: number) => void {
  return process.stderr.isTTY ? bar() : lines();
}

/** One each tenth. */
function lines(): (done: number, count: number) => void {
  let told = 0;
  return (done, count) => {
    const tenth = Math.floor((10 * done) / count);
    if (tenth > told) console.error(`${done} of ${count} images`);
    told = tenth;
  };
}

function bar(): (done: number, count: number) => void {
  let stop: (() => void) | undefined;
  let bar: cliProgress.SingleBar;
  return (done, count) => {
    if (stop === undefined) {
      bar = new cliProgress.SingleBar({
        stream: process.stderr,
        format: "images {bar} {value}/{total}, {eta_formatted} left",
        clearOnComplete: true,
        // Its own way at Ctrl-C is to stop the bar and let the process go on.
        gracefulExit: false,
      });
      bar.start(count, 0);
      stop = stopperOf(bar);
    }
    bar.update(done);
    if (done === count) stop();
  };
}

function stopperOf(bar: cliProgress.SingleBar): () => void {
  const end = (signal: NodeJS.Signals): void => process.exit(128 + constants.signals[signal]);
  const stop = (): void => {
    bar.stop();
    process.off("exit", stop);
    for (const signal of SIGNALS) process.off(signal, end);
  };
  process.on("exit", stop);
  for (const signal of SIGNALS) process.on(signal, end);
  return stop;
}
