import { unpackBits } from "../metrics/bits.js";
import {
  type Interval,
  mean,
  pairedByRows,
  pairedBySeeds,
  unpairedByRows,
  unpairedBySeeds,
} from "../metrics/statistics.js";
import type { TestScores } from "../training/result.js";
import type { FinishedRun, HeadSummary } from "./heads.js";
import type { Measure } from "./measure.js";

/**
 * A head's measure less the reference's. On the same data runs of the same seed and fold share splits, order and the trunk's start, and
 * are paired; of one such pair the rows are, which says nothing of other seeds.
 */
export function differenceOf(head: HeadSummary, reference: HeadSummary, measure: Measure): Interval {
  const sameData = head.source.results.data.hash === reference.source.results.data.hash;
  const pairs = sameData ? pairsOf(head.runs, reference.runs) : [];
  if (pairs.length > 0) {
    const all = pairs.length === Math.max(head.runs.length, reference.runs.length);
    const unit = unitOf(pairs.map(([run]) => run));
    const tests = pairs.map(([run, other]) => [run.best.test, other.best.test] as const);
    return pairedDifference(tests, measure, all ? unit : `${unit} that both finished`);
  }
  return unpaired(head.runs, reference.runs, measure);
}

/** Of scores that stand for the same seed and rows, the first less the second. */
export function pairedDifference(
  pairs: readonly (readonly [TestScores, TestScores])[],
  measure: Measure,
  unit = "seeds",
): Interval {
  const [own, other] = [0, 1].map((side) => pairs.map((pair) => measure.compared(pair[side])));
  if (pairs.length > 1) return pairedBySeeds(own, other, unit);
  if (!measure.byRows) return withoutInterval(own[0] - other[0]);
  const [first, second] = pairs[0].map(({ correct, rows }) => unpackBits(correct, rows));
  return pairedByRows(first, second);
}

function unpaired(runs: readonly FinishedRun[], others: readonly FinishedRun[], measure: Measure): Interval {
  const [own, other] = [runs, others].map((side) => side.map(({ best }) => measure.compared(best.test)));
  if (own.length > 1 && other.length > 1) return unpairedBySeeds(own, other);
  if (!measure.byRows) return withoutInterval(mean(own) - mean(other));
  return unpairedByRows(
    { accuracy: mean(own), rows: runs[0].best.test.rows },
    { accuracy: mean(other), rows: others[0].best.test.rows },
  );
}

const withoutInterval = (value: number): Interval => ({
  value,
  low: Number.NaN,
  high: Number.NaN,
  method: "one seed, no interval",
});

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
