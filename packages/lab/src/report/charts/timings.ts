import { draw, quantity, SHORT_NAME, WIDTH } from "../draw.js";
import type { Figure } from "../figure.js";
import { bytes, count, duration, NONE, short } from "../format.js";
import type { HeadSummary } from "../heads.js";

/** What a training step takes, and the head's part of it. */
export async function timings(heads: readonly HeadSummary[]): Promise<Figure> {
  const values = heads.flatMap(({ name, stepMilliseconds: { head, all } }) => [
    { head: name, part: "head", milliseconds: head, order: 0 },
    { head: name, part: "rest", milliseconds: Math.max(0, all - head), order: 1 },
  ]);
  const told = heads.map((head) => `${head.name} ${partOf(head)}`);
  const totals = heads.map((head) => ({
    head: head.name,
    milliseconds: Math.max(head.stepMilliseconds.head, head.stepMilliseconds.all),
    text: partOf(head),
  }));
  const y = {
    field: "head",
    type: "nominal",
    title: null,
    axis: { labelExpr: SHORT_NAME },
    sort: heads.map(({ name }) => name),
  } as const;
  const longest = Math.max(...totals.map(({ milliseconds }) => milliseconds)) || 1;
  const x = quantity("milliseconds", "milliseconds a training step", {
    scale: { domain: [0, longest * widthOf(heads)] },
    axis: { grid: false },
  });
  const svg = await draw(
    {
      width: WIDTH,
      height: 60 + 30 * heads.length,
      layer: [
        {
          data: { values },
          mark: { type: "bar", height: { band: 0.6 } },
          encoding: {
            y,
            x,
            order: { field: "order" },
            color: {
              field: "part",
              type: "nominal",
              legend: null,
              scale: { domain: ["head", "rest"], range: ["var(--s1)", "var(--bar)"] },
            },
          },
        },
        {
          data: { values: totals },
          mark: { type: "text", align: "left", dx: 5 },
          encoding: { x, y, text: { field: "text" } },
        },
      ],
    },
    `Milliseconds a training step, the head's part of all: ${told.join(", ")}.`,
  );
  return {
    title: "Time of a training step",
    note: "Median milliseconds: in colour the head's part, in grey the trunk, the optimiser and all else.",
    svg,
    data: {
      head: [
        "head",
        "ms a step, head",
        "ms a step, all",
        "all runs",
        "learned numbers, head",
        "learned numbers, trunk",
        "bytes, head",
      ],
      rows: heads.map((head) => [
        head.name,
        measured(head.stepMilliseconds.head),
        measured(head.stepMilliseconds.all),
        duration(head.seconds),
        count(head.parameters.head),
        count(head.parameters.trunk),
        bytes(head.bytes),
      ]),
    },
  };
}

/** Where a run had no step of its own, or a method does it all at once, nothing was measured. */
const measured = (milliseconds: number): string => (milliseconds > 0 ? short(milliseconds) : NONE);

const partOf = ({ stepMilliseconds: { head, all } }: HeadSummary): string =>
  head > 0 ? `${short(head)} of ${short(all)}` : `${measured(all)} in all`;

/** Of the axis by the longest bar, so that figures stand behind the bars; the widths of letters are the ones that Vega reckons with. */
function widthOf(heads: readonly HeadSummary[]): number {
  const names = 9.6 * Math.min(24, Math.max(...heads.map(({ name }) => name.length)));
  const plot = WIDTH - names - 40;
  return plot / (plot - 105);
}
