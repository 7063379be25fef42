import { draw, labelsOf } from "../draw.js";
import type { Figure } from "../figure.js";
import { count, percent, shorten } from "../format.js";
import type { HeadSummary } from "../heads.js";

/** Numbers within the cells of a larger one would run into each other. */
const NUMBERED = 12;

/** Rows of a class by what they were taken for, all runs together. */
export async function confusion({ name, runs, source }: HeadSummary): Promise<Figure | null> {
  const { classes } = source.results.data;
  const matrices = runs.flatMap(({ best }) => best.test.confusion ?? []);
  if (matrices.length === 0) return null;
  const sums = classes.map((_, i) =>
    classes.map((_, j) => runs.reduce((sum, { best }) => sum + (best.test.confusion?.[i][j] ?? 0), 0)),
  );
  const totals = sums.map((row) => row.reduce((a, b) => a + b, 0));
  const values = sums.flatMap((row, label) =>
    row.flatMap((rows, predicted) =>
      rows > 0 ? [{ label, predicted, rows, share: rows / totals[label] }] : [],
    ),
  );
  const [worst] = values
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => b.share - a.share);
  const right = sums.reduce((sum, row, i) => sum + row[i], 0) / totals.reduce((a, b) => a + b, 0);
  const side = Math.max(420, 150 + 19 * classes.length);
  const names = labelsOf(classes.map((one) => shorten(one, 16)));
  const axis = (field: string, title: string, labelAngle: number) =>
    ({
      field,
      type: "ordinal",
      title,
      scale: { domain: classes.map((_, i) => i), paddingInner: 0.06 },
      axis: { labelExpr: names, labelLimit: 0, labelAngle, ticks: false, domain: false, grid: false },
    }) as const;
  const x = axis("predicted", "taken for", classes.every((one) => one.length < 4) ? 0 : -60);
  const y = axis("label", "class", 0);
  const svg = await draw(
    {
      width: side,
      height: side,
      data: { values },
      layer: [
        {
          mark: { type: "rect", color: "var(--heat)" },
          encoding: {
            x,
            y,
            opacity: {
              field: "share",
              type: "quantitative",
              legend: null,
              // By the root, as the shares worth seeing are small.
              scale: { type: "sqrt", domain: [0, 1], range: [0.08, 1] },
            },
          },
        },
        ...(classes.length <= NUMBERED
          ? [{ mark: "text" as const, encoding: { x, y, text: { field: "rows" } } }]
          : []),
      ],
    },
    `Confusion matrix of ${name}: ${percent(right)} % on the diagonal${
      worst === undefined
        ? "."
        : `; the largest share off it, ${percent(worst.share)} %, is ${classes[worst.label]} taken for ${classes[worst.predicted]}.`
    }`,
  );
  return {
    title: `Confusion matrix, ${name}`,
    note: "The stronger, the larger the share of the class's rows (by its root).",
    svg,
    wide: classes.length > NUMBERED,
    data: {
      head: ["class \\ taken for", ...classes],
      rows: sums.map((row, i) => [classes[i], ...row.map(count)]),
    },
  };
}
