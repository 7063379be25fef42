import type { Interval } from "../metrics/statistics.js";
import { decimal, percent, points } from "./format.js";
import type { Source } from "./study.js";

/** What heads are compared by. */
export interface Measure {
  readonly name: string;
  /** Above a column, with its unit. */
  readonly title: string;
  /** As it is told of a run. */
  readonly of: (scores: { readonly accuracy: number; readonly nll: number }) => number;
  readonly show: (value: number) => string;
  /** Behind a figure within a sentence. */
  readonly unit: string;
  /** What differences and their intervals are taken of; of perplexities the logarithm. */
  readonly compared: (scores: { readonly accuracy: number; readonly nll: number }) => number;
  readonly better: "more" | "less";
  /** Whether it can be compared row by row: files keep of each whether it was right, not how probable its label was. */
  readonly byRows: boolean;
  readonly difference: {
    /** Above a column. */
    readonly title: string;
    readonly explanation: string;
    /** Within a sentence, before the figure and behind it. */
    readonly words: readonly [string, string];
    readonly show: (value: number) => string;
    /** On an axis, and where neither is better. */
    readonly at: (value: number) => number;
    readonly neutral: number;
    readonly axis: string;
  };
}

const ACCURACY: Measure = {
  name: "accuracy",
  title: "accuracy %",
  of: ({ accuracy }) => accuracy,
  show: percent,
  unit: "\u00a0%",
  compared: ({ accuracy }) => accuracy,
  better: "more",
  byRows: true,
  difference: {
    title: "− learned, points",
    explanation: "accuracy less the one of the learned dense head, in points, with its 95 % interval",
    words: ["a difference of", "\u00a0points"],
    show: points,
    at: (value) => 100 * value,
    neutral: 0,
    axis: "difference in points",
  },
};

const quotient = (logarithm: number): string => decimal(Math.exp(logarithm), 3);

const PERPLEXITY: Measure = {
  name: "perplexity",
  title: "perplexity",
  of: ({ nll }) => Math.exp(nll),
  show: (value) => decimal(value, value < 100 ? 2 : 1),
  unit: "",
  compared: ({ nll }) => nll,
  better: "less",
  byRows: false,
  difference: {
    title: "÷ learned",
    explanation:
      "perplexity by the one of the learned dense head, with its 95 % interval; below 1 it is better",
    words: ["a quotient of", ""],
    show: quotient,
    at: Math.exp,
    neutral: 1,
    axis: "perplexity by the learned head's",
  },
};

/** "−0.21 [−0.60, +0.18]". */
export function intervalOf({ value, low, high }: Interval, { difference: { show } }: Measure): string {
  return Number.isNaN(low) ? show(value) : `${show(value)} [${show(low)}, ${show(high)}]`;
}

/** A text has no numbers in a row: its words are read one after the other, and the next is foretold. */
export const isText = ({ results }: Source): boolean => results.data.shape.length === 0;

/** Of texts perplexity, of all else, and where both are compared, accuracy. */
export const measureOf = (sources: readonly Source[]): Measure =>
  sources.every(isText) ? PERPLEXITY : ACCURACY;
