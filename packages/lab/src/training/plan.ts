import { join } from "node:path";
import type { TrainOptions } from "../options/train.js";

/** One run of an experiment. */
export interface Planned {
  readonly head: string;
  readonly seed: number;
  readonly fold: number | null;
  readonly learningRate: number;
  /** Its folder, below that of the experiment. */
  readonly folder: string;
}

/** Runs that go through the data together: each batch is read once for all of them. */
export type Group = readonly Planned[];

/** Trunks that cost less than reading what goes into them. */
const LIGHT = /^(none|linear(:|$))/;

export function planRuns(options: TrainOptions, trunk: string): readonly Group[] {
  const { heads, seeds, folds, lr, sweep } = options;
  const rates = sweep ?? [lr];
  const groups: Group[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    for (let fold = 0; fold < Math.max(1, folds); fold++) {
      const runs = heads.flatMap((head) =>
        rates.map((learningRate) => ({
          head,
          seed,
          fold: folds > 0 ? fold : null,
          learningRate,
          folder: folderOf(head, seed, folds > 0 ? fold : null, sweep === null ? null : learningRate),
        })),
      );
      if (sweep !== null && LIGHT.test(trunk)) groups.push(runs);
      else groups.push(...runs.map((run) => [run]));
    }
  }
  return groups;
}

function folderOf(head: string, seed: number, fold: number | null, rate: number | null): string {
  const parts = [head.replaceAll(":", "-"), `seed-${seed}`];
  if (fold !== null) parts.push(`fold-${fold}`);
  if (rate !== null) parts.push(`lr-${rate}`);
  return join("runs", parts.join("."));
}
