import { draw, quantity, SHORT_NAME, WIDTH } from "../draw.js";
import type { Figure } from "../figure.js";
import { scalesOf } from "../series.js";
import type { Study } from "../study.js";

/** What each head has more or less than the learned one, with the interval. */
export async function differences({ heads, measure, differences: found }: Study): Promise<Figure | null> {
  const rows = heads.flatMap((head) => {
    const difference = found.get(head);
    return difference === undefined ? [] : [{ head: head.name, ...difference }];
  });
  if (rows.length === 0) return null;
  const { at, show, axis, neutral } = measure.difference;
  const values = rows.map(({ head, interval }) => ({
    head,
    value: at(interval.value),
    low: at(interval.low),
    high: at(interval.high),
  }));
  // The neutral value is on the axis anyway: zero need not be.
  const wide = { scale: { zero: false } };
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
          data: { values: [{ value: neutral }] },
          mark: { type: "rule", strokeDash: [4, 3] },
          encoding: { x: quantity("value", axis, wide) },
        },
        {
          // None of one seed, where only rows would tell.
          data: { values: values.filter(({ low }) => !Number.isNaN(low)) },
          mark: { type: "rule", strokeWidth: 2 },
          encoding: { y, x: quantity("low", axis, wide), x2: { field: "high" }, color },
        },
        {
          data: { values },
          mark: { type: "point", size: 80 },
          encoding: { y, x: quantity("value", axis, wide), color, shape },
        },
      ],
    },
    `To the learned head, ${axis} with 95 % intervals: ${rows
      .map(
        ({ head, interval }) =>
          `${head} ${show(interval.value)} (${show(interval.low)} to ${show(interval.high)})`,
      )
      .join(", ")}.`,
  );
  return {
    title: "Beside the learned head, with 95 % intervals",
    svg,
    data: {
      head: ["head", "less", measure.difference.title, "from", "to", "interval"],
      rows: rows.map(({ head, reference, interval: { value, low, high, method } }) => [
        head,
        reference.name,
        show(value),
        show(low),
        show(high),
        method,
      ]),
    },
  };
}
