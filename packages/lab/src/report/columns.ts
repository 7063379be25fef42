import type { Baseline } from "../training/result.js";
import * as format from "./format.js";
import { type HeadSummary, type Spread, spread } from "./heads.js";
import { intervalOf } from "./measure.js";
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

export const spreadOf = (
  { mean, deviation, values }: Spread,
  show: (value: number) => string = format.percent,
): string => (values.length > 1 ? `${show(mean)} ± ${show(deviation)}` : show(mean));

/** What temperature does to a score. */
const change = (before: string, after: string): string => `${before}→${after}`;

const nothing = (): string => format.NONE;

export function columns({ differences, measure }: Study): Column[] {
  const spreadAt = (head: HeadSummary, epoch: "best" | "last"): string =>
    spreadOf(spread(head.runs.map((run) => measure.of(run[epoch].test))), measure.show);
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
      title: `${measure.title}\nbest epoch`,
      explanation:
        "on the test part, at the epoch that was best on validation; mean ± sample deviation over seeds",
      ofHead: (head) => spreadAt(head, "best"),
      ofBaseline: ({ test }) => measure.show(measure.of(test)),
    },
    {
      id: "difference",
      title: `${measure.difference.title}\n95 % interval`,
      explanation: measure.difference.explanation,
      ofHead: (head) => {
        const found = differences.get(head);
        return found === undefined ? format.NONE : intervalOf(found.interval, measure);
      },
      ofBaseline: nothing,
    },
    {
      id: "last",
      title: `${measure.title}\nlast epoch`,
      explanation: "the same at the last epoch",
      ofHead: (head) => spreadAt(head, "last"),
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
