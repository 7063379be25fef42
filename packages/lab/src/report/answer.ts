import { type Interval, mean } from "../metrics/statistics.js";
import type { HeadSummary } from "./heads.js";
import { isText, type Measure } from "./measure.js";
import type { Study } from "./study.js";

/** What people came to know, a paragraph for each file that has a fixed head. */
export function answers(study: Study): string[] {
  const { sources, heads } = study;
  const all = sources.flatMap((source) => {
    const fixed = heads.filter((head) => head.source === source && !head.learned);
    return fixed.length === 0 ? [] : [answerOf(bestOf(fixed), fixed.length, study)];
  });
  return all.length > 0 ? all : [withoutFixed(study)];
}

/** The one that was best on validation: the test part has no say in what is chosen. */
export function bestOf(heads: readonly HeadSummary[]): HeadSummary {
  const nll = ({ runs }: HeadSummary): number => mean(runs.map(({ best }) => best.validation.nll));
  return heads.reduce((best, head) => {
    const gain = isText(head.source) ? 0 : head.validation.mean - best.validation.mean;
    return gain > 0 || (gain === 0 && nll(head) < nll(best)) ? head : best;
  });
}

const told = ({ runs }: HeadSummary, { of, show, unit }: Measure): string =>
  `${show(mean(runs.map(({ best }) => of(best.test))))}${unit}`;

function answerOf(best: HeadSummary, fixed: number, { sources, differences, measure }: Study): string {
  const choice = fixed > 1 ? `${best.head}, the best of ${fixed} on validation` : best.head;
  const who = sources.length > 1 ? `${best.source.name}: with` : "With";
  const start = `${who} a fixed last layer (${choice}) test ${measure.name} is ${told(best, measure)}`;
  const found = differences.get(best);
  if (found === undefined)
    return `${start}; no learned head finished beside it, so there is no difference to tell.`;
  const { interval, reference } = found;
  const { value, low, high, method } = interval;
  const { show, words } = measure.difference;
  const beside = `${start}, against ${told(reference, measure)} with a learned one: ${words[0]} ${show(value)}${words[1]}`;
  if (Number.isNaN(low)) return `${beside} (${method}).`;
  return `${beside}, 95\u00a0% interval ${show(low)} to ${show(high)} (${method}); ${verdict(interval, measure)}.`;
}

function verdict({ low, high }: Interval, { better, difference }: Measure): string {
  if (low <= 0 && high >= 0)
    return `the interval includes ${difference.neutral}, so neither is shown to be better`;
  return low > 0 === (better === "more") ? "the fixed layer is better" : "the fixed layer is worse";
}

function withoutFixed({ heads, sources, measure }: Study): string {
  if (heads.length === 0) {
    const runs = sources.reduce((sum, { results }) => sum + results.runs.length, 0);
    return `None of ${runs} runs finished, so there is nothing to compare.`;
  }
  const best = bestOf(heads);
  return `No fixed head was trained; the best on validation is ${best.name}, with ${told(best, measure)} on the test part.`;
}
