// A bar on a terminal, a line an epoch elsewhere.
import cliProgress from "cli-progress";

/**
 * What is called with every step (the epoch so far, a fraction included, and the loss of the step), and at the end.
 * @typedef {{ onStep: (epoch: number, loss: number) => void, stop: () => void }} Progress
 */

/**
 * @param {string} title
 * @param {number} epochs
 */
export function showProgress(title, epochs) {
  const { stdout } = process;
  return stdout.isTTY ? bar(title, epochs, stdout) : lines(title, epochs);
}

/**
 * @param {string} title
 * @param {number} epochs
 * @param {NodeJS.WriteStream} stream
 * @returns {Progress}
 */
function bar(title, epochs, stream) {
  const format = "{title} [{bar}] epoch {epoch}/{total}, loss {loss}";
  // Training leaves no time to handle a signal: Ctrl-C ends the program at once, so the terminal must be as it was.
  const progress = new cliProgress.SingleBar({ format, stream, linewrap: true });
  progress.start(epochs, 0, { title, epoch: 0, loss: "-" });
  const mean = runningMean();
  return {
    onStep: (epoch, loss) => progress.update(epoch, { epoch: Math.ceil(epoch), loss: mean(loss).toFixed(3) }),
    stop: () => progress.stop(),
  };
}

/**
 * @param {string} title
 * @param {number} epochs
 * @returns {Progress}
 */
function lines(title, epochs) {
  const mean = runningMean();
  return {
    onStep(epoch, loss) {
      const recent = mean(loss);
      if (Number.isInteger(epoch))
        console.log(`${title}: epoch ${epoch}/${epochs}, loss ${recent.toFixed(3)}`);
    },
    stop() {},
  };
}

/** Of about the last hundred losses: single batches jump. */
function runningMean() {
  /** @type {number | undefined} */
  let mean;
  /** @param {number} loss */
  return (loss) => {
    mean = mean === undefined ? loss : mean + (loss - mean) / 100;
    return mean;
  };
}
