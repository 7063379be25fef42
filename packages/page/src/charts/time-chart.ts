import type { Timing } from "../timing/measure.js";
import { columnsOf } from "../timing/shown.js";
import { duration } from "../ui/format.js";
import { Chart } from "./chart.js";

const compact = new Intl.NumberFormat("en", { notation: "compact" });
const LOGARITHMIC = { distr: 3, log: 10 } as const;

/** Time a row by the number of classes, both axes logarithmic. */
export class TimeChart {
  readonly #chart: Chart;

  constructor(target: HTMLElement) {
    this.#chart = new Chart(target, {
      lines: [
        { label: "fixed head", color: "--fixed", points: true },
        { label: "dense head", color: "--learned", points: true },
        { label: "dense head, in proportion", color: "--learned", dashed: true },
      ],
      x: { ...LOGARITHMIC, range: () => [10, 1e6] },
      y: { ...LOGARITHMIC, range: (_, min, max) => powersAround(min, max) },
      formatX: (value) => compact.format(value),
      formatY: duration,
      height: 300,
    });
  }

  show(timings: readonly Timing[]): void {
    this.#chart.show(
      timings.map(({ classes }) => classes),
      columnsOf(timings),
    );
  }
}

/** The powers of ten between which all lies; a plot without values shows 1 µs to 100 ms. */
function powersAround(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null) return [1, 1e5];
  return [10 ** Math.floor(Math.log10(min)), 10 ** Math.ceil(Math.log10(max * 1.01))];
}
