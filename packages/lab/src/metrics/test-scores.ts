import { Problem } from "../problem.js";
import type { ClassScores, TestScores } from "../training/result.js";
import { packBits } from "./bits.js";
import { calibrationError, coverage, reliability } from "./calibration.js";
import type { RowScores, Scorer } from "./scorer.js";

/** A confusion matrix of more classes is not read by anyone. */
const CONFUSION_CLASSES = 30;
const WORST_PAIRS = 20;

/** What a results file keeps of an evaluation: `before` has the logits as they are, `after` the same divided by the temperature. */
export function testScores(before: Scorer, after: Scorer, temperature: number): TestScores {
  const { classes, rows, scores, summary } = before;
  if (rows === 0) throw new RangeError("scores of no rows");
  if (after.rows !== rows || after.temperature !== temperature || before.temperature !== 1)
    throw new RangeError("before and after are the same rows, at temperature 1 and at the one given");
  const lost = scores.logProbability.findIndex((value) => !Number.isFinite(value));
  if (lost >= 0)
    throw new Problem(
      `logits of row ${lost} of the test part are not finite: the run has diverged; lower --lr`,
    );
  const bins = { before: reliability(scores), after: reliability(after.scores) };
  return {
    rows,
    accuracy: summary.accuracy,
    top5: scores.inTop5.reduce((sum, hit) => sum + hit, 0) / rows,
    nll: summary.nll,
    ece: calibrationError(bins.before),
    temperature,
    calibrated: { nll: after.summary.nll, ece: calibrationError(bins.after) },
    reliability: bins,
    coverage: coverage(scores),
    perClass: perClass(scores, classes),
    confusion: classes <= CONFUSION_CLASSES ? confusion(scores, classes) : null,
    worstPairs: worstPairs(scores, classes),
    correct: packBits(scores.labels.map((label, row) => (scores.predicted[row] === label ? 1 : 0))),
  };
}

/** A share of nothing is 0: of a class never predicted, or not in the test part. */
const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

function perClass({ labels, predicted }: RowScores, classes: number): ClassScores[] {
  const support = new Int32Array(classes);
  const taken = new Int32Array(classes);
  const right = new Int32Array(classes);
  for (let row = 0; row < labels.length; row++) {
    support[labels[row]]++;
    taken[predicted[row]]++;
    if (predicted[row] === labels[row]) right[labels[row]]++;
  }
  return Array.from({ length: classes }, (_, k) => ({
    precision: share(right[k], taken[k]),
    recall: share(right[k], support[k]),
    f1: share(2 * right[k], support[k] + taken[k]),
    support: support[k],
  }));
}

function confusion({ labels, predicted }: RowScores, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < labels.length; row++) counts[labels[row]][predicted[row]]++;
  return counts;
}

function worstPairs({ labels, predicted }: RowScores, classes: number): TestScores["worstPairs"] {
  const counts = new Map<number, number>();
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] === predicted[row]) continue;
    const pair = labels[row] * classes + predicted[row];
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return [...counts]
    .sort(([pairA, a], [pairB, b]) => b - a || pairA - pairB)
    .slice(0, WORST_PAIRS)
    .map(([pair, count]) => ({ label: Math.floor(pair / classes), predicted: pair % classes, count }));
}
