import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** One line: a name for the legend, the name of its colour in style.css, and how it is drawn. */
export interface Line {
  readonly label: string;
  readonly color: string;
  readonly dashed?: boolean;
  readonly points?: boolean;
}

export interface ChartOptions {
  readonly lines: readonly Line[];
  readonly x: uPlot.Scale;
  readonly y: uPlot.Scale;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  readonly height: number;
}

/** For each line a value at every x, or null. */
export type Columns = readonly (readonly (number | null)[])[];

/** A plot that follows the width of its element and the colours of the page, which change when the reader chooses a dark one. */
export class Chart {
  readonly #target: HTMLElement;
  readonly #options: ChartOptions;
  #plot: uPlot;
  #data: uPlot.AlignedData;

  constructor(target: HTMLElement, options: ChartOptions) {
    this.#target = target;
    this.#options = options;
    this.#data = [[], ...options.lines.map(() => [])];
    this.#plot = this.#draw();
    new ResizeObserver(() => this.#resize()).observe(target);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.#plot.destroy();
      this.#plot = this.#draw();
    });
  }

  show(x: readonly number[], columns: Columns): void {
    this.#data = [[...x], ...columns.map((column) => [...column])];
    this.#plot.setData(this.#data);
  }

  #resize(): void {
    const { clientWidth: width } = this.#target;
    if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: this.#options.height });
  }

  #draw(): uPlot {
    const { lines, x, y, formatX, formatY, height } = this.#options;
    const style = getComputedStyle(this.#target);
    const color = (name: string): string => style.getPropertyValue(name).trim();
    const axis = (format: (value: number) => string, logarithmic: boolean): uPlot.Axis => ({
      stroke: color("--muted"),
      grid: { stroke: color("--grid"), width: 1, ...(logarithmic && { filter: powersOfTen }) },
      ticks: { show: false },
      font: `12px ${style.fontFamily}`,
      ...(logarithmic && { filter: powersOfTen }),
      values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : format(tick))),
    });
    return new uPlot(
      {
        width: this.#target.clientWidth || 300,
        height,
        scales: { x: { time: false, ...x }, y },
        axes: [
          { ...axis(formatX, x.distr === 3), size: 28 },
          { ...axis(formatY, y.distr === 3), size: 56 },
        ],
        legend: { show: false },
        cursor: { show: false },
        series: [
          {},
          ...lines.map(
            (line): uPlot.Series => ({
              label: line.label,
              stroke: color(line.color),
              width: 2,
              spanGaps: true,
              ...(line.dashed === true && { dash: [4, 4] }),
              points: { show: line.points === true, size: 6, fill: color(line.color) },
            }),
          ),
        ],
      },
      this.#data,
      this.#target,
    );
  }
}

/** Leaves out what lies between two powers of ten. */
const powersOfTen: uPlot.Axis.Filter = (_, ticks) =>
  ticks.map((tick) => (Number.isInteger(Math.log10(tick)) ? tick : null));
