import type { Bin } from "../../training/result.js";
import { draw, quantity } from "../draw.js";
import type { Figure } from "../figure.js";
import { count, decimal, percent } from "../format.js";
import type { FinishedRun, HeadSummary } from "../heads.js";

const SIDE = 280;
const STAGES = ["before", "after"] as const;

/** How often a head is right where it is how sure, a diagram a head: on the diagonal confidence is what it says. */
export const reliability = (heads: readonly HeadSummary[]): Promise<Figure[]> =>
  Promise.all(heads.map(figureOf));

async function figureOf({ name, runs, ece, calibratedEce, temperature }: HeadSummary): Promise<Figure> {
  const bins = { before: pooled(runs, "before"), after: pooled(runs, "after") };
  const values = STAGES.flatMap((stage) =>
    bins[stage]
      .filter((bin) => bin.count > 0)
      .map(({ confidence, accuracy, count: rows }) => ({
        stage,
        rows,
        confidence: confidence * 100,
        accuracy: accuracy * 100,
      })),
  );
  const percentAxis = (field: string, title: string) =>
    quantity(field, title, { scale: { domain: [0, 100] }, axis: { tickCount: 5 } });
  const x = percentAxis("confidence", "confidence, %");
  const y = percentAxis("accuracy", "accuracy, %");
  const scale = <T>(range: T[]) => ({
    field: "stage",
    type: "nominal" as const,
    legend: null,
    scale: { domain: [...STAGES], range },
  });
  const color = scale(["var(--s1)", "var(--s0)"]);
  const told = `expected calibration error ${percent(ece)}\u00a0% before and ${percent(calibratedEce)}\u00a0% after temperature ${decimal(temperature, 2)}`;
  const size = {
    field: "rows",
    type: "quantitative" as const,
    legend: null,
    scale: { type: "sqrt" as const, domainMin: 0, range: [8, 130] },
  };
  const svg = await draw(
    {
      width: SIDE,
      height: SIDE,
      data: { values },
      layer: [
        {
          data: {
            values: [
              { confidence: 0, accuracy: 0 },
              { confidence: 100, accuracy: 100 },
            ],
          },
          mark: { type: "line", color: "currentColor", strokeWidth: 1, opacity: 0.6 },
          encoding: { x, y },
        },
        {
          mark: { type: "line", strokeWidth: 1.5 },
          encoding: {
            x,
            y,
            color,
            strokeDash: scale([
              [5, 3],
              [1, 0],
            ]),
          },
        },
        { mark: "point", encoding: { x, y, color, shape: scale(["square", "circle"]), size } },
      ],
    },
    `Reliability of ${name}: ${told}.`,
  );
  return {
    title: name,
    note: told,
    svg,
    data: {
      head: [
        "confidence from",
        ...STAGES.flatMap((stage) => [`${stage}: rows`, "confidence %", "accuracy %"]),
      ],
      rows: bins.before.map((_, i) => [
        decimal(i / bins.before.length, 2),
        ...STAGES.flatMap((stage) => {
          const bin = bins[stage][i];
          return [
            count(bin.count),
            ...(bin.count > 0 ? [percent(bin.confidence), percent(bin.accuracy)] : ["", ""]),
          ];
        }),
      ]),
    },
  };
}

/** The bins of all runs, as if their rows were one test part. */
function pooled(runs: readonly FinishedRun[], stage: "before" | "after"): Bin[] {
  const all = runs.map(({ best }) => best.test.reliability[stage]);
  return all[0].map((_, i) => {
    const same = all.map((bins) => bins[i]);
    const rows = same.reduce((sum, bin) => sum + bin.count, 0);
    const over = (value: (bin: Bin) => number): number =>
      rows === 0 ? 0 : same.reduce((sum, bin) => sum + bin.count * value(bin), 0) / rows;
    return { confidence: over((bin) => bin.confidence), accuracy: over((bin) => bin.accuracy), count: rows };
  });
}
