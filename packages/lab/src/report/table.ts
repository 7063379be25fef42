import Table from "cli-table3";
import type { Results } from "../training/result.js";
import { answers } from "./answer.js";
import { type Column, columns } from "./columns.js";
import { failures } from "./failures.js";
import { shorten } from "./format.js";
import { type Source, type Study, study } from "./study.js";

/** Two tables below one another where one would not fit: accuracy first, as that is what was asked. */
const NARROW: readonly (readonly Column["id"][])[] = [
  ["head", "best", "difference", "last"],
  ["head", "nll", "ece", "parameters", "bytes", "step", "time"],
];

/** A line a head, baselines below, then runs that did not finish and the answer; of one experiment or of several. */
export function summaryTable(
  results: Results | readonly Source[],
  width = process.stdout.columns ?? 80,
): string {
  const made = study(results);
  const all = columns(made);
  const parts: string[] = [];
  if (made.heads.length > 0) {
    const whole = render(made, all, width, false);
    parts.push(
      ...(fits(whole, width)
        ? [whole]
        : NARROW.map((ids) =>
            render(
              made,
              ids.map((id) => all.find((column) => column.id === id) as Column),
              width,
              true,
            ),
          )),
    );
  }
  const below = [...failures(made), ...made.notes].map((line) => wrap(line, width));
  if (below.length > 0) parts.push(below.join("\n"));
  parts.push(...answers(made).map((line) => wrap(line, width)));
  return parts.join("\n\n");
}

const fits = (text: string, width: number): boolean => text.split("\n").every((line) => line.length <= width);

function render(made: Study, shown: readonly Column[], width: number, narrow: boolean): string {
  const several = made.sources.length > 1;
  const baselines = made.sources.flatMap(({ name, results }) =>
    results.baselines.map((baseline) =>
      several ? { ...baseline, name: `${name}: ${baseline.name}` } : baseline,
    ),
  );
  const lines = [
    ...made.heads.map((head) => shown.map((column) => column.ofHead(head))),
    ...baselines.map((baseline) => shown.map((column) => column.ofBaseline(baseline))),
  ];
  const longest = (index: number): number =>
    Math.max(
      ...[...shown[index].title.split("\n"), ...lines.map((line) => line[index])].map((t) => t.length),
    );
  const rest = shown.slice(1).reduce((sum, _, i) => sum + longest(i + 1) + GAP.length, 0);
  const room = narrow ? Math.max(12, width - rest) : Number.POSITIVE_INFINITY;
  const table = new Table({
    head: shown.map(({ title }) => title),
    chars: BORDERLESS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: shown.map((_, i) => (i === 0 ? "left" : "right")),
  });
  for (const [first, ...others] of lines) table.push([shorten(first, room), ...others]);
  const [one, two, ...body] = table.toString().split("\n");
  const rule = "─".repeat(Math.max(...[one, two, ...body].map((line) => line.length)));
  const heads = body.slice(0, made.heads.length);
  return [one, two, rule, ...heads, ...(baselines.length > 0 ? [rule, ...body.slice(heads.length)] : [])]
    .map((line) => line.trimEnd())
    .join("\n");
}

const GAP = "  ";

const BORDERLESS = {
  ...Object.fromEntries(
    ["top", "bottom", "left", "right", "mid"].flatMap((side) =>
      ["", "-mid", "-left", "-right"].map((end) => [`${side}${end}`, ""]),
    ),
  ),
  middle: GAP,
};

function wrap(text: string, width: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join("\n");
}
