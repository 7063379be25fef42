import { mean } from "../../metrics/statistics.js";
import type { EpochRecord } from "../../training/result.js";
import { draw, HEIGHT, quantity, WIDTH } from "../draw.js";
import type { Figure } from "../figure.js";
import { decimal, percent } from "../format.js";
import type { HeadSummary } from "../heads.js";
import { scalesOf } from "../series.js";

interface Curve {
  readonly title: string;
  readonly axis: string;
  readonly value: (epoch: EpochRecord) => number | null;
  readonly show: (value: number) => string;
}

/** JSON has null where a number was NaN. */
const percents = (share: number | null): number | null => (share === null ? null : 100 * share);

const CURVES: readonly Curve[] = [
  {
    title: "Accuracy, validation",
    axis: "accuracy, %",
    value: (e) => percents(e.validationAccuracy),
    show: (v) => percent(v / 100),
  },
  {
    title: "Accuracy, training",
    axis: "accuracy, %",
    value: (e) => percents(e.trainAccuracy),
    show: (v) => percent(v / 100),
  },
  {
    title: "Loss, validation",
    axis: "NLL, nats",
    value: (e) => e.validationLoss,
    show: (v) => decimal(v, 3),
  },
  { title: "Loss, training", axis: "loss", value: (e) => e.trainLoss, show: (v) => decimal(v, 3) },
  { title: "Scale of the logits", axis: "scale", value: (e) => e.scale, show: (v) => decimal(v, 2) },
];

interface Point {
  readonly head: string;
  readonly run: number;
  readonly epoch: number;
  readonly value: number;
}

/** What went on over the epochs: each run a thin line, the mean of a head's runs a thick one. */
export async function curves(heads: readonly HeadSummary[]): Promise<Figure[]> {
  const all = await Promise.all(CURVES.map((curve) => figureOf(curve, heads)));
  return all.filter((figure) => figure !== null);
}

async function figureOf(
  { title, axis, value, show }: Curve,
  heads: readonly HeadSummary[],
): Promise<Figure | null> {
  const epochs = thinned(Math.max(...heads.flatMap(({ runs }) => runs.map((run) => run.epochs.length))));
  const thin: Point[] = [];
  const thick: Point[] = [];
  for (const { name, runs } of heads) {
    for (const epoch of epochs) {
      const values = runs.map((run) => (epoch <= run.epochs.length ? value(run.epochs[epoch - 1]) : null));
      for (const [run, v] of values.entries())
        if (isNumber(v)) thin.push({ head: name, run, epoch, value: v });
      // Where a run has stopped early the mean of the others would jump.
      if (values.every(isNumber)) thick.push({ head: name, run: -1, epoch, value: mean(values) });
    }
  }
  if (thick.length === 0) return null;
  const ends = heads.flatMap(({ name }) => thick.findLast(({ head }) => head === name) ?? []);
  const { color, strokeDash, shape } = scalesOf(heads.map(({ name }) => name));
  const x = quantity("epoch", "epoch", { axis: { tickMinStep: 1, grid: false } });
  const y = quantity("value", axis, { scale: { zero: false } });
  const told = ends.map(({ head, epoch, value: v }) => `${head} ${show(v)} after ${epoch}`).join(", ");
  const svg = await draw(
    {
      width: WIDTH,
      height: HEIGHT,
      layer: [
        {
          data: { values: heads.some(({ runs }) => runs.length > 1) ? thin : [] },
          mark: { type: "line", strokeWidth: 1, opacity: 0.4 },
          encoding: { x, y, color, detail: { field: "run" } },
        },
        { data: { values: thick }, mark: "line", encoding: { x, y, color, strokeDash } },
        { data: { values: ends }, mark: "point", encoding: { x, y, color, shape } },
      ],
    },
    `${title} over ${epochs.at(-1)} epochs, mean of the runs: ${told}.`,
  );
  const cell = (head: string, epoch: number): string => {
    const point = thick.find((other) => other.head === head && other.epoch === epoch);
    return point === undefined ? "" : show(point.value);
  };
  const shown = heads.filter(({ name }) => ends.some(({ head }) => head === name));
  return {
    title,
    svg,
    data: {
      head: ["epoch", ...shown.map(({ name }) => name)],
      rows: epochs.map((epoch) => [epoch, ...shown.map(({ name }) => cell(name, epoch))]),
    },
  };
}

const isNumber = (value: number | null): value is number => value !== null && Number.isFinite(value);

const MOST = 60;

/** Epochs from the first to the last, not more than a line of this width can show. */
function thinned(last: number): number[] {
  if (last <= MOST) return Array.from({ length: last }, (_, i) => i + 1);
  return Array.from({ length: MOST }, (_, i) => 1 + Math.round((i * (last - 1)) / (MOST - 1)));
}
