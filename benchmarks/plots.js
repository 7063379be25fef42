// The plots of the documentation, as SVG.
import { parse, View } from "vega";
import { compile } from "vega-lite";
import { BOUND, OWN } from "./peers/own.js";

/** @import { Compared } from "./peers/measure.js" */
/** @import { Bound } from "./targets/calls.js" */
/** @import { Kernel } from "./targets/kernels.js" */

const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
/** Readable on a dark page too. */
const CONFIG = {
  background: "white",
  font: "sans-serif",
  legend: { labelLimit: 0 },
  axis: { labelLimit: 0 },
};

/** @type {Record<string, string>} */
const NAMES = { forward: "forward", top: "topK(1)" };

/** @param {object} spec of vega-lite */
export function svg(spec) {
  const { spec: vega } = compile({ $schema: SCHEMA, config: CONFIG, ...spec });
  return new View(parse(vega), { renderer: "none" }).toSVG();
}

/**
 * n against the fraction of the limit, for every instruction set, and for the best one as JavaScript calls it.
 * @param {{ kernels: Kernel[], bound: Bound[], machine: string }} measured
 */
export function limitPlot({ kernels, bound, machine }) {
  const points = [
    ...kernels
      .filter(({ type, form, m }) => type === "float32" && form === (m > 12 ? "one row" : "in L1"))
      .map(({ m, fraction, instructionSet }) => ({ m, fraction, series: instructionSet })),
    ...bound.map(({ m, fraction }) => ({ m, fraction, series: "called from JavaScript" })),
  ];
  const order = [...new Set(points.map(({ series }) => series))];
  const x = {
    field: "m",
    type: "quantitative",
    scale: { nice: false },
    axis: { title: "n", labelExpr: "'2^' + datum.value", tickMinStep: 1, grid: false, labelFlush: false },
  };
  const series = { field: "series", type: "nominal", sort: order, title: null };
  return svg({
    title: { text: "FWHT float32: fraction of the limit", subtitle: machine },
    width: 560,
    height: 320,
    layer: [
      {
        data: { values: [{ limit: 1 }] },
        mark: { type: "rule", strokeDash: [4, 4], color: "gray" },
        encoding: { y: { field: "limit", type: "quantitative" } },
      },
      {
        data: { values: points },
        mark: { type: "line", point: true },
        encoding: {
          x,
          y: {
            field: "fraction",
            type: "quantitative",
            title: "fraction of what the ports allow; up to 2^12 rows of a batch",
          },
          color: series,
        },
      },
    ],
  });
}

/**
 * Rows a second of the head and of the dense layers of other libraries.
 * @param {{ results: Compared[], machine: string }} measured
 */
export function peersPlot({ results, machine }) {
  const forward = results.filter(({ operation }) => operation === "forward");
  const values = forward.map(({ peer, features, classes, rows, threads, nanoseconds }) => ({
    peer,
    case: `${features}→${classes.toLocaleString("en")}, ${threads === 1 ? "one thread" : "default threads"}`,
    rows: `${rows} ${rows === 1 ? "row" : "rows"}`,
    perSecond: (rows / nanoseconds) * 1e9,
  }));
  /** @param {keyof typeof values[number]} field */
  const inOrder = (field) => [...new Set(values.map((value) => value[field]))];
  return svg({
    title: { text: "Rows per second, forward", subtitle: machine },
    data: { values },
    mark: "bar",
    width: 180,
    encoding: {
      row: {
        field: "case",
        type: "nominal",
        title: null,
        sort: inOrder("case"),
        header: { labelAngle: 0, labelAlign: "left" },
      },
      column: { field: "rows", type: "nominal", title: null, sort: inOrder("rows") },
      y: { field: "peer", type: "nominal", title: null, sort: inOrder("peer") },
      x: {
        field: "perSecond",
        type: "quantitative",
        scale: { type: "log", domainMin: 1 },
        title: "rows per second",
        axis: { format: "~s", grid: false },
      },
      // A bar on a logarithmic scale has no zero to start from.
      x2: { datum: 1 },
      color: { field: "peer", type: "nominal", legend: null, sort: inOrder("peer") },
    },
  });
}

/**
 * Time of one row against the number of classes.
 * @param {{ growth: Compared[], machine: string }} measured
 */
export function classesPlot({ growth, machine }) {
  const points = growth.filter(({ peer }) => peer !== BOUND);
  const values = points.map(({ peer, operation, classes, nanoseconds }) => ({
    series: peer === OWN ? `${peer}, ${NAMES[operation]}` : `dense layer, ${peer}`,
    classes,
    seconds: nanoseconds / 1e9,
  }));
  const series = [...new Set(values.map(({ series }) => series))];
  /** @type {(field: "classes" | "seconds", title: string, unit: string) => object} */
  const logarithmic = (field, title, unit) => ({
    field,
    type: "quantitative",
    scale: { type: "log" },
    axis: {
      title,
      values: powersOfTen(values.map((value) => value[field])),
      labelExpr: `format(datum.value, "~s") + "${unit}"`,
    },
  });
  return svg({
    title: {
      text: `Time of one row of ${growth[0].features} features by the number of classes`,
      subtitle: machine,
    },
    width: 560,
    height: 360,
    data: { values },
    mark: { type: "line", point: true },
    encoding: {
      x: logarithmic("classes", "classes", ""),
      y: logarithmic("seconds", "time per row, one thread", "s"),
      color: { field: "series", type: "nominal", title: null, sort: series.toSorted().toReversed() },
    },
  });
}

/**
 * Those between the least and the largest of the values: no lines for what lies between them.
 * @param {number[]} values
 */
function powersOfTen(values) {
  const first = Math.ceil(Math.log10(Math.min(...values)));
  const last = Math.floor(Math.log10(Math.max(...values)));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}
