import { unpackBits } from "../metrics/bits.js";
import {
  type Interval,
  mean,
  pairedByRows,
  pairedBySeeds,
  unpairedByRows,
  unpairedBySeeds,
} from "../metrics/statistics.js";
import type { FinishedRun, HeadSummary } from "./heads.js";

/**
 * Accuracy of a head less the reference's. On the same data runs of the same seed and fold share splits, order and the trunk's start, and
 * are paired; of one such pair the rows are, which says nothing of other seeds.
 */
export function differenceOf(head: HeadSummary, reference: HeadSummary): Interval {
  const sameData = head.source.results.data.hash === reference.source.results.data.hash;
  const pairs = sameData ? pairsOf(head.runs, reference.runs) : [];
  if (pairs.length > 1) {
    const [own, other] = [0, 1].map((side) => pairs.map((pair) => accuracyOf(pair[side])));
    const all = pairs.length === Math.max(head.runs.length, reference.runs.length);
    const unit = unitOf(pairs.map(([run]) => run));
    return pairedBySeeds(own, other, all ? unit : `${unit} that both finished`);
  }
  if (pairs.length === 1) {
    const [own, other] = pairs[0].map(({ best }) => unpackBits(best.test.correct, best.test.rows));
    return pairedByRows(own, other);
  }
  if (head.runs.length > 1 && reference.runs.length > 1)
    return unpairedBySeeds(head.accuracy.values, reference.accuracy.values);
  const proportion = (runs: readonly FinishedRun[]) => ({
    accuracy: mean(runs.map(accuracyOf)),
    rows: runs[0].best.test.rows,
  });
  return unpairedByRows(proportion(head.runs), proportion(reference.runs));
}

const accuracyOf = (run: FinishedRun): number => run.best.test.accuracy;

function pairsOf(
  runs: readonly FinishedRun[],
  others: readonly FinishedRun[],
): (readonly [FinishedRun, FinishedRun])[] {
  return runs.flatMap((run) => {
    const other = others.find(({ seed, fold }) => seed === run.seed && fold === run.fold);
    return other === undefined ? [] : [[run, other] as const];
  });
}

function unitOf(runs: readonly FinishedRun[]): string {
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const folds = new Set(runs.map(({ fold }) => fold)).size;
  if (folds < 2) return "seeds";
  return seeds < 2 ? "folds" : "seeds and folds";
}
