import { draw, quantity, WIDTH } from "../draw.js";
import type { Figure } from "../figure.js";
import { count, shorten } from "../format.js";
import type { HeadSummary } from "../heads.js";

const SHOWN = 15;

/** Where classes are too many for a matrix: the pairs taken for each other most often. */
export async function pairs({ name, runs, source }: HeadSummary): Promise<Figure | null> {
  const { classes } = source.results.data;
  const sums = new Map<string, { pair: string; short: string; rows: number }>();
  for (const { best } of runs)
    for (const { label, predicted, count: rows } of best.test.worstPairs) {
      const key = `${label},${predicted}`;
      const names = [classes[label], classes[predicted]];
      const pair = sums.get(key) ?? {
        pair: names.join(" → "),
        short: names.map((one) => shorten(one, 24)).join(" → "),
        rows: 0,
      };
      pair.rows += rows;
      sums.set(key, pair);
    }
  const worst = [...sums].sort(([, a], [, b]) => b.rows - a.rows).slice(0, SHOWN);
  if (worst.length === 0) return null;
  const values = worst.map(([, { pair, short, rows }], index) => ({
    pair,
    rows,
    index,
    text: `${short}: ${rows}`,
  }));
  const y = { field: "index", type: "ordinal", title: null, axis: null } as const;
  const x = quantity("rows", "rows, all runs", { axis: { tickMinStep: 1, grid: false } });
  const svg = await draw(
    {
      width: WIDTH,
      height: 60 + 22 * values.length,
      data: { values },
      layer: [
        { mark: { type: "bar", color: "var(--heat)", height: { band: 0.85 } }, encoding: { x, y } },
        // Names are longer than an axis has room for: they lie over the bars.
        {
          mark: { type: "text", align: "left", x: 5 },
          encoding: { y, text: { field: "text" } },
        },
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
