import type { Baseline } from "../training/result.js";
import * as format from "./format.js";
import type { HeadSummary, Spread } from "./heads.js";
import type { Study } from "./study.js";

/** Of the summary, in the terminal and in the report alike. */
export interface Column {
  readonly id:
    | "head"
    | "best"
    | "last"
    | "difference"
    | "nll"
    | "ece"
    | "parameters"
    | "bytes"
    | "step"
    | "time";
  /** At most two lines. */
  readonly title: string;
  /** What the title leaves out. */
  readonly explanation: string;
  readonly ofHead: (head: HeadSummary) => string;
  readonly ofBaseline: (baseline: Baseline) => string;
}

export const spreadOf = ({ mean, deviation, values }: Spread): string =>
  values.length > 1 ? `${format.percent(mean)} ± ${format.percent(deviation)}` : format.percent(mean);

/** What temperature does to a score. */
const change = (before: string, after: string): string => `${before}→${after}`;

const nothing = (): string => format.NONE;

export function columns({ differences }: Study): Column[] {
  return [
    {
      id: "head",
      title: "head",
      explanation: "",
      ofHead: ({ name }) => name,
      ofBaseline: ({ name }) => name,
    },
    {
      id: "best",
      title: "accuracy %\nbest epoch",
      explanation:
        "on the test part, at the epoch that was best on validation; mean ± sample deviation over seeds",
      ofHead: ({ accuracy }) => spreadOf(accuracy),
      ofBaseline: ({ test }) => format.percent(test.accuracy),
    },
    {
      id: "difference",
      title: "− learned, points\n95 % interval",
      explanation: "accuracy less the one of the learned dense head, in points, with its 95 % interval",
      ofHead: (head) => {
        const found = differences.get(head);
        if (found === undefined) return format.NONE;
        const { value, low, high } = found.interval;
        return `${format.points(value)} [${format.points(low)}, ${format.points(high)}]`;
      },
      ofBaseline: nothing,
    },
    {
      id: "last",
      title: "accuracy %\nlast epoch",
      explanation: "the same at the last epoch",
      ofHead: ({ last }) => spreadOf(last),
      ofBaseline: nothing,
    },
    {
      id: "nll",
      title: "NLL\n→ tempered",
      explanation:
        "mean negative log-likelihood in nats, before → after dividing logits by a temperature chosen on validation",
      ofHead: ({ nll, calibratedNll }) => change(format.decimal(nll, 3), format.decimal(calibratedNll, 3)),
      ofBaseline: ({ test }) => change(format.decimal(test.nll, 3), format.decimal(test.calibrated.nll, 3)),
    },
    {
      id: "ece",
      title: "ECE %\n→ temp.",
      explanation: "expected calibration error over 15 bins, before → after temperature",
      ofHead: ({ ece, calibratedEce }) => change(format.percent(ece), format.percent(calibratedEce)),
      ofBaseline: ({ test }) => change(format.percent(test.ece), format.percent(test.calibrated.ece)),
    },
    {
      id: "parameters",
      title: "learned\nnumbers",
      explanation: "numbers of the head that are learned and kept",
      ofHead: ({ parameters }) => format.compact(parameters.head),
      ofBaseline: nothing,
    },
    {
      id: "bytes",
      title: "\nbytes",
      explanation: "what has to be kept of the head to classify",
      ofHead: ({ bytes }) => format.bytes(bytes),
      ofBaseline: nothing,
    },
    {
      id: "step",
      title: "ms a\nstep",
      explanation: "the head's part of a training step, median milliseconds",
      // Where a run ended without a step of its own, nothing was measured.
      ofHead: ({ stepMilliseconds: { head } }) => (head > 0 ? format.short(head) : format.NONE),
      ofBaseline: nothing,
    },
    {
      id: "time",
      title: "total\ntime",
      explanation: "of all runs of the head",
      ofHead: ({ seconds }) => format.duration(seconds),
      ofBaseline: ({ seconds }) => format.duration(seconds),
    },
  ];
}
