import { draw, quantity, WIDTH } from "../draw.js";
import type { Figure } from "../figure.js";
import { count } from "../format.js";
import type { HeadSummary } from "../heads.js";

const SHOWN = 15;

/** Where classes are too many for a matrix: the pairs taken for each other most often. */
export async function pairs({ name, runs, source }: HeadSummary): Promise<Figure | null> {
  const { classes } = source.results.data;
  const sums = new Map<string, { pair: string; rows: number }>();
  for (const { best } of runs)
    for (const { label, predicted, count: rows } of best.test.worstPairs) {
      const key = `${label},${predicted}`;
      const pair = sums.get(key) ?? { pair: `${classes[label]} → ${classes[predicted]}`, rows: 0 };
      pair.rows += rows;
      sums.set(key, pair);
    }
  // Keys, not names, are the bars: two classes may have one name.
  const worst = [...sums].sort(([, a], [, b]) => b.rows - a.rows).slice(0, SHOWN);
  if (worst.length === 0) return null;
  const values = worst.map(([key, { pair, rows }], index) => ({ key, pair, rows, index }));
  const labels = `${JSON.stringify(values.map(({ pair }) => pair))}[datum.value]`;
  const y = {
    field: "index",
    type: "ordinal",
    title: null,
    axis: { labelExpr: labels, labelLimit: 190, ticks: false },
  } as const;
  const x = quantity("rows", "rows, all runs", { axis: { tickMinStep: 1 } });
  const svg = await draw(
    {
      width: WIDTH,
      height: 60 + 20 * values.length,
      data: { values },
      layer: [
        { mark: { type: "bar", color: "var(--s0)", height: { band: 0.7 } }, encoding: { x, y } },
        { mark: { type: "text", align: "left", dx: 4 }, encoding: { x, y, text: { field: "rows" } } },
      ],
    },
    `Pairs taken for each other most often by ${name}: ${values
      .slice(0, 5)
      .map(({ pair, rows }) => `${pair} ${rows}`)
      .join(", ")}.`,
  );
  return {
    title: `Worst pairs, ${name}`,
    note: "Class → what it was taken for; of each run its twenty most frequent pairs are counted.",
    svg,
    data: { head: ["class → taken for", "rows"], rows: values.map(({ pair, rows }) => [pair, count(rows)]) },
  };
}
