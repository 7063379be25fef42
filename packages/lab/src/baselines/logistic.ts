import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine/index.js";
import { NO_METHODS } from "../methods/settings.js";
import type { Baseline } from "../training/result.js";
import { Run } from "../training/run.js";
import type { Source } from "../training/source.js";
import { trainGroup } from "../training/train-group.js";

/** Learning rates that are tried: inputs may be small or large. */
const RATES = [1e-3, 1e-2, 1e-1];
const EPOCHS = 15;

/**
 * Logistic regression on the inputs as they are: a learned layer without a trunk, by Adam; learning rate and epoch are chosen on the
 * validation part. Null where it is stopped, and where no rate does.
 */
export async function logistic(
  source: Source,
  engine: Engine,
  folder: string,
  stopped: () => boolean,
): Promise<Baseline | null> {
  const began = performance.now();
  const { shape, batch, classes } = source;
  const runs: Run[] = [];
  try {
    for (const learningRate of RATES) {
      const settings = {
        spec: {
          trunk: "none",
          norm: null,
          head: "learned",
          shape,
          features: 0,
          classes: classes.length,
          steps: null,
        },
        start: "random" as const,
        seed: 0,
        fold: null,
        learningRate,
        batch,
        epochs: EPOCHS,
        optimizer: "adam",
        weightDecay: 0,
        schedule: "cosine",
        patience: 0,
        clip: 0,
        methods: NO_METHODS,
      };
      const own = join(folder, "baselines", `logistic.lr-${learningRate}`);
      runs.push(await Run.create(settings, { source, engine, folder: own }));
    }
    const silent = { onStep() {}, onEpoch() {} };
    if (!(await trainGroup(runs, source, 30, silent, stopped))) return null;
    const best = runs
      .filter(({ failure }) => failure === null)
      .reduce<Run | null>((a, b) => (a === null || accuracyOf(b) > accuracyOf(a) ? b : a), null);
    const test = (await best?.finish())?.best?.test;
    if (test === undefined) return null;
    rmSync(join(folder, "baselines"), { recursive: true });
    return { name: "logistic regression", test, seconds: (performance.now() - began) / 1000 };
  } finally {
    for (const run of runs) await run.release();
  }
}

const accuracyOf = ({ records }: Run): number =>
  Math.max(...records.map((record) => record.validationAccuracy));
