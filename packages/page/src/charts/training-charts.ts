import { HEAD_NAMES } from "../model/heads.js";
import { element } from "../ui/dom.js";
import { percent, short } from "../ui/format.js";
import type { PerHead, Point } from "../worker/messages.js";
import { Chart, type Line } from "./chart.js";
import { inWords } from "./in-words.js";

const HEIGHT = 190;
const LINES: readonly Line[] = [
  { label: "fixed head", color: "--fixed" },
  { label: "learned head", color: "--learned" },
];

/** The curves of a training, with what they show in words for who does not see them. */
export class TrainingCharts {
  readonly #loss = new Chart(element("loss-plot", HTMLDivElement), {
    lines: LINES,
    x: {},
    y: { range: (_, __, max) => [0, max === null ? 2 : max * 1.05] },
    formatX: short,
    formatY: short,
    height: HEIGHT,
  });
  readonly #accuracy = new Chart(element("accuracy-plot", HTMLDivElement), {
    lines: LINES,
    x: {},
    y: { range: () => [0.5, 1] },
    formatX: short,
    formatY: (value) => `${short(100 * value)} %`,
    height: HEIGHT,
  });
  #points: Point[] = [];
  #epochs = 1;

  clear(epochs: number): void {
    this.#epochs = epochs;
    this.#points = [];
    this.#show();
  }

  add(point: Point): void {
    this.#points.push(point);
    this.#show();
  }

  #show(): void {
    draw(this.#loss, this.#points, this.#epochs, ({ loss }) => loss);
    draw(this.#accuracy, this.#points, this.#epochs, ({ accuracy }) => accuracy);
    element("loss-text", HTMLParagraphElement).textContent = inWords(this.#points, ({ loss }) => loss, short);
    element("accuracy-text", HTMLParagraphElement).textContent = inWords(
      this.#points,
      ({ accuracy }) => accuracy,
      percent,
    );
  }
}

/** Draws the points that have what `of` reads; the axis reaches to the last epoch from the beginning. */
function draw(
  chart: Chart,
  points: readonly Point[],
  epochs: number,
  of: (point: Point) => PerHead | null,
): void {
  const measured = points.filter((point) => of(point) !== null);
  const columns = HEAD_NAMES.map((head) => [...measured.map((point) => of(point)?.[head] ?? null), null]);
  const x = [...measured.map(({ epoch }) => epoch), epochs];
  // No two values of x may be the same.
  const last = measured.at(-1)?.epoch === epochs ? -1 : undefined;
  chart.show(
    x.slice(0, last),
    columns.map((column) => column.slice(0, last)),
  );
}
