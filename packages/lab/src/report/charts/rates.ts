import { draw, HEIGHT, quantity, WIDTH } from "../draw.js";
import type { Figure } from "../figure.js";
import { percent } from "../format.js";
import type { HeadSummary } from "../heads.js";
import { scalesOf } from "../series.js";

/** Validation accuracy of the learning rates that were tried; null where each head had one. */
export async function rates(heads: readonly HeadSummary[]): Promise<Figure | null> {
  if (heads.every((head) => head.rates.length < 2)) return null;
  const values = heads.flatMap(({ name, rates: tried }) =>
    tried.flatMap(({ learningRate, validationAccuracy }) =>
      validationAccuracy === null
        ? []
        : [{ head: name, rate: learningRate, accuracy: 100 * validationAccuracy }],
    ),
  );
  const { color, strokeDash, shape } = scalesOf(heads.map(({ name }) => name));
  const x = quantity("rate", "learning rate", {
    scale: { type: "log", nice: false, padding: 8 },
    axis: { grid: false, values: [...new Set(values.map(({ rate }) => rate))], format: "~g" },
  });
  const y = quantity("accuracy", "accuracy, validation, %", { scale: { zero: false } });
  const svg = await draw(
    {
      width: WIDTH,
      height: HEIGHT,
      data: { values },
      layer: [
        { mark: "line", encoding: { x, y, color, strokeDash } },
        { mark: "point", encoding: { x, y, color, shape } },
      ],
    },
    `Validation accuracy by learning rate; the best: ${heads.map(({ name, learningRate }) => `${name} ${learningRate}`).join(", ")}.`,
  );
  return {
    title: "Learning rates that were tried",
    note: "Each head is shown elsewhere at the rate that was best for it on validation.",
    svg,
    data: {
      head: ["head", "learning rate", "accuracy %, validation", "choice"],
      rows: heads.flatMap(({ name, rates: tried }) =>
        tried.map(({ learningRate, validationAccuracy, chosen }) => [
          name,
          learningRate,
          validationAccuracy === null ? "failed" : percent(validationAccuracy),
          chosen ? "chosen" : "",
        ]),
      ),
    },
  };
}
