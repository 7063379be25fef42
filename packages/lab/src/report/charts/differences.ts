import { draw, quantity, SHORT_NAME, WIDTH } from "../draw.js";
import type { Figure } from "../figure.js";
import { points } from "../format.js";
import { scalesOf } from "../series.js";
import type { Study } from "../study.js";

const TITLE = "difference in points";

/** What each head has more or less than the learned one, with the interval. */
export async function differences({ heads, differences: found }: Study): Promise<Figure | null> {
  const rows = heads.flatMap((head) => {
    const difference = found.get(head);
    return difference === undefined ? [] : [{ head: head.name, ...difference }];
  });
  if (rows.length === 0) return null;
  const values = rows.map(({ head, interval }) => ({
    head,
    value: interval.value * 100,
    low: interval.low * 100,
    high: interval.high * 100,
  }));
  const { color, shape } = scalesOf(heads.map(({ name }) => name));
  const y = {
    field: "head",
    type: "nominal",
    title: null,
    axis: { labelExpr: SHORT_NAME },
    sort: values.map(({ head }) => head),
  } as const;
  const svg = await draw(
    {
      width: WIDTH,
      height: 60 + 30 * values.length,
      layer: [
        {
          data: { values: [{ value: 0 }] },
          mark: { type: "rule", strokeDash: [4, 3] },
          encoding: { x: quantity("value", TITLE) },
        },
        {
          data: { values },
          mark: { type: "rule", strokeWidth: 2 },
          encoding: { y, x: quantity("low", TITLE), x2: { field: "high" }, color },
        },
        {
          data: { values },
          mark: { type: "point", size: 80 },
          encoding: { y, x: quantity("value", TITLE), color, shape },
        },
      ],
    },
    `Differences to the learned head in points with 95 % intervals: ${rows
      .map(
        ({ head, interval }) =>
          `${head} ${points(interval.value)} (${points(interval.low)} to ${points(interval.high)})`,
      )
      .join(", ")}.`,
  );
  return {
    title: "Difference to the learned head, with 95 % intervals",
    svg,
    data: {
      head: ["head", "less", "points", "from", "to", "interval"],
      rows: rows.map(({ head, reference, interval: { value, low, high, method } }) => [
        head,
        reference.name,
        points(value),
        points(low),
        points(high),
        method,
      ]),
    },
  };
}
