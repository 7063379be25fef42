import type { RunResult } from "../training/result.js";
import type { Study } from "./study.js";

/** "hadamard, seed 2, fold 1": what tells a run from the others of its head. */
const nameOf = (name: string, { seed, fold }: RunResult): string =>
  `${name}, seed ${seed}${fold === null ? "" : `, fold ${fold}`}`;

/** Runs that are in no figure, each with its reason: without them the others would look better than they are. */
export function failures({ unfinished }: Study): string[] {
  return unfinished.map(({ name, run }) => {
    const learningRate = `learning rate ${run.learningRate}`;
    const epochs = `${run.epochs.length} ${run.epochs.length === 1 ? "epoch" : "epochs"}`;
    const reason =
      run.failure ?? (run.status === "interrupted" ? "go on with --resume" : "no reason is told");
    const state = run.status === "interrupted" ? "interrupted" : "failed";
    return `${state}: ${nameOf(name, run)}, ${learningRate}, after ${epochs}: ${reason}`;
  });
}
