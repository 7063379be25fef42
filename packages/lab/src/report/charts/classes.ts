import { mean } from "../../metrics/statistics.js";
import { draw, HEIGHT, quantity, WIDTH } from "../draw.js";
import type { DataTable, Figure } from "../figure.js";
import { count, percent, short } from "../format.js";
import type { HeadSummary } from "../heads.js";
import { scalesOf } from "../series.js";

/** More points than these would be a cloud: classes next to each other are then taken together. */
const POINTS = 400;
const GROUPS = 20;

interface ClassFigures {
  readonly index: number;
  readonly examples: number;
  /** By head. */
  readonly f1: readonly number[];
}

/** F1 of classes by how many examples they had in training; all heads are of one data set. */
export async function classes(
  heads: readonly HeadSummary[],
  names: readonly string[],
): Promise<Figure | null> {
  const { data } = heads[0].source.results;
  const tested = data.classes.flatMap((_, index): ClassFigures[] => {
    if (heads.every(({ runs }) => runs.every(({ best }) => best.test.perClass[index].support === 0)))
      return [];
    const f1 = heads.map(({ runs }) => mean(runs.map(({ best }) => best.test.perClass[index].f1)));
    return [{ index, examples: data.counts[index], f1 }];
  });
  if (tested.length < 2) return null;
  const most = tested.reduce((top, { examples }) => Math.max(top, examples), 0);
  const least = tested.reduce((bottom, { examples }) => Math.min(bottom, examples), most);
  const balanced = most <= 1.2 * Math.max(1, least);
  const sorted = tested.toSorted((a, b) => (balanced ? b.f1[0] - a.f1[0] : b.examples - a.examples));
  const groups = grouped(sorted, heads.length, balanced);
  const together = groups.length < sorted.length;
  const at = (group: readonly ClassFigures[], index: number): number =>
    balanced ? index + 1 : mean(group.map((one) => Math.max(1, one.examples)));
  const values = groups.flatMap((group, index) =>
    heads.map(({ name }, h) => ({
      head: name,
      at: at(group, index),
      f1: mean(group.map((one) => one.f1[h])),
    })),
  );
  const { color, strokeDash, shape } = scalesOf(names);
  const unit = together ? "group of classes" : "class";
  const x = quantity("at", balanced ? `${unit}, best first by ${heads[0].name}` : "examples in training", {
    scale: balanced ? { zero: false, nice: false, padding: 8 } : { type: "log", nice: false, padding: 8 },
    axis: { grid: false, tickCount: 6 },
  });
  const y = quantity("f1", together ? "mean F1" : "F1", { scale: { zero: false } });
  const line = { mark: { type: "line", strokeWidth: 1.5 }, encoding: { x, y, color, strokeDash } } as const;
  const point = { mark: { type: "point", opacity: 0.8 }, encoding: { x, y, color, shape } } as const;
  const title = balanced
    ? "F1 of classes, which are of about the same size"
    : "F1 of classes by examples in training";
  const low = groups.at(-1) ?? [];
  const told = heads
    .map(({ name }, h) => `${name} ${percent(mean(low.map((one) => one.f1[h])))} %`)
    .join(", ");
  const svg = await draw(
    { width: WIDTH, height: HEIGHT, data: { values }, layer: together ? [line, point] : [point] },
    `${title}; at the right end of the order, the ${balanced ? "hardest" : "rarest"}: ${told}.`,
  );
  return {
    title,
    ...(together
      ? {
          note: `${count(tested.length)} classes in ${groups.length} groups of neighbours by ${balanced ? "F1" : "number of examples"}; a point is the mean of a group.`,
        }
      : {}),
    svg,
    data: tableOf(groups, heads, data.classes),
  };
}

/** Classes of equally many examples stay together: they would lie upon each other. */
function grouped(sorted: readonly ClassFigures[], heads: number, balanced: boolean): ClassFigures[][] {
  if (sorted.length * heads <= POINTS) return sorted.map((one) => [one]);
  const groups: ClassFigures[][] = [];
  for (const [index, one] of sorted.entries()) {
    const last = groups.at(-1);
    const full = index >= (groups.length * sorted.length) / GROUPS;
    if (last === undefined || (full && (balanced || last[0].examples !== one.examples))) groups.push([one]);
    else last.push(one);
  }
  return groups;
}

function tableOf(
  groups: readonly (readonly ClassFigures[])[],
  heads: readonly HeadSummary[],
  names: readonly string[],
): DataTable {
  return {
    head: ["class", "examples", ...heads.map(({ name }) => `F1 % ${name}`)],
    rows: groups.map((group) => [
      group.length === 1
        ? names[group[0].index]
        : `${names[group[0].index]} … ${names[(group.at(-1) as ClassFigures).index]} (${group.length})`,
      short(mean(group.map(({ examples }) => examples))),
      ...heads.map((_, h) => percent(mean(group.map(({ f1 }) => f1[h])))),
    ]),
  };
}
