import { mean } from "../metrics/statistics.js";
import { percent, points } from "./format.js";
import type { HeadSummary } from "./heads.js";
import type { Source, Study } from "./study.js";

/** What people came to know, a paragraph for each file that has a fixed head. */
export function answers({ sources, heads, differences }: Study): string[] {
  const all = sources.flatMap((source) => {
    const fixed = heads.filter((head) => head.source === source && !head.learned);
    return fixed.length === 0 ? [] : [answerOf(bestOf(fixed), fixed.length, sources.length > 1, differences)];
  });
  return all.length > 0 ? all : [withoutFixed(heads, sources)];
}

/** The one that was best on validation: the test part has no say in what is chosen. */
export function bestOf(heads: readonly HeadSummary[]): HeadSummary {
  const nll = ({ runs }: HeadSummary): number => mean(runs.map(({ best }) => best.validation.nll));
  return heads.reduce((best, head) => {
    const gain = head.validation.mean - best.validation.mean;
    return gain > 0 || (gain === 0 && nll(head) < nll(best)) ? head : best;
  });
}

function answerOf(
  best: HeadSummary,
  fixed: number,
  several: boolean,
  differences: Study["differences"],
): string {
  const choice = fixed > 1 ? `${best.head}, the best of ${fixed} on validation` : best.head;
  const start = `${several ? `${best.source.name}: with` : "With"} a fixed last layer (${choice}) test accuracy is ${percent(best.accuracy.mean)}\u00a0%`;
  const found = differences.get(best);
  if (found === undefined)
    return `${start}; no learned head finished beside it, so there is no difference to tell.`;
  const { interval, reference } = found;
  const { value, low, high, method } = interval;
  const verdict =
    low > 0
      ? "the fixed layer is better"
      : high < 0
        ? "the fixed layer is worse"
        : "the interval includes 0, so neither is shown to be better";
  return (
    `${start}, against ${percent(reference.accuracy.mean)}\u00a0% with a learned one: a difference of ${points(value)}\u00a0points, ` +
    `95\u00a0% interval ${points(low)} to ${points(high)} (${method}); ${verdict}.`
  );
}

function withoutFixed(heads: readonly HeadSummary[], sources: readonly Source[]): string {
  if (heads.length === 0) {
    const runs = sources.reduce((sum, { results }) => sum + results.runs.length, 0);
    return `None of ${runs} runs finished, so there is nothing to compare.`;
  }
  const best = bestOf(heads);
  return `No fixed head was trained; the best on validation is ${best.name}, with ${percent(best.accuracy.mean)}\u00a0% on the test part.`;
}
