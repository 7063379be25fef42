import { mean } from "../../metrics/statistics.js";
import { draw, HEIGHT, quantity, WIDTH } from "../draw.js";
import type { Figure } from "../figure.js";
import { percent } from "../format.js";
import type { HeadSummary } from "../heads.js";
import { scalesOf } from "../series.js";

/** Lines of the table behind it. */
const ROWS = 20;

/** Accuracy if only rows of most confidence are answered. */
export async function coverage(heads: readonly HeadSummary[]): Promise<Figure> {
  const lines = heads.map(({ name, runs }) => {
    const all = runs.map(({ best }) => best.test.coverage);
    const points = Math.min(...all.map((line) => line.length));
    return Array.from({ length: points }, (_, i) => ({
      head: name,
      share: 100 * mean(all.map((line) => line[i].share)),
      accuracy: 100 * mean(all.map((line) => line[i].accuracy)),
    }));
  });
  const { color, strokeDash, shape } = scalesOf(heads.map(({ name }) => name));
  const x = quantity("share", "rows answered, %", { scale: { domain: [0, 100] }, axis: { grid: false } });
  const y = quantity("accuracy", "accuracy among them, %", { scale: { zero: false } });
  const at = (line: (typeof lines)[number], share: number) =>
    line.reduce((best, point) =>
      Math.abs(point.share - share) < Math.abs(best.share - share) ? point : best,
    );
  const marks = lines.flatMap((line) => [20, 40, 60, 80].map((share) => at(line, share)));
  const halves = lines.map((line) => at(line, 50));
  const svg = await draw(
    {
      width: WIDTH,
      height: HEIGHT,
      layer: [
        { data: { values: lines.flat() }, mark: "line", encoding: { x, y, color, strokeDash } },
        { data: { values: marks }, mark: "point", encoding: { x, y, color, shape } },
      ],
    },
    `Accuracy against the share of rows answered, surest first; at half of them: ${halves.map(({ head, accuracy }) => `${head} ${percent(accuracy / 100)} %`).join(", ")}.`,
  );
  return {
    title: "Accuracy where only the surest rows are answered",
    svg,
    data: {
      head: ["rows answered %", ...heads.map(({ name }) => name)],
      rows: Array.from({ length: ROWS }, (_, i) => {
        const share = (100 * (i + 1)) / ROWS;
        return [share, ...lines.map((line) => percent(at(line, share).accuracy / 100))];
      }),
    },
  };
}
