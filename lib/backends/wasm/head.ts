import type { HadamardTable } from "../../table.js";
import type { HeadKernels, HeadParameters } from "../backend.js";
import { after, type Engine } from "./engine.js";
import { tableImage } from "./table.js";

/** Rows go through the memory in slices of about this size, at least one row. */
const SLICE_BYTES = 2 ** 19;

/** Addresses of arrays, one for each of the widths that were asked for. */
type Addresses<Widths extends readonly number[]> = { readonly [I in keyof Widths]: number };

/** Calls `step` for one slice of the rows after the other; the bias is in the memory by then. */
type Slices<Widths extends readonly number[]> = (
  rows: number,
  bias: Float32Array | null,
  step: (at: Addresses<Widths>, first: number, end: number) => void,
) => void;

/** The kernels of a head. Its table is copied into the engine's memory when another head, or a transform, was there last. */
export function createHead(engine: Engine, table: HadamardTable): HeadKernels {
  const { features, classes } = table;
  const { kernels, heapStart } = engine;
  const image = tableImage(table, heapStart);
  const self = {};
  let part = new Float32Array();

  /** Brings the head's table into the memory, where it is not there yet. */
  function load(): void {
    if (engine.owner === self) return;
    engine.i32.set(image.words, heapStart / 4);
    engine.f32.fill(0, image.row / 4, (image.row + image.rowBytes) / 4);
    engine.owner = self;
  }

  /**
   * A loop over slices of rows, with arrays in the memory that hold a slice each: of so many 4-byte numbers a row as `widths` says. The
   * addresses are kept, for calls are often alike.
   */
  function slicesOf<const Widths extends readonly number[]>(widths: Widths): Slices<Widths> {
    const rowBytes = widths.reduce((sum, width) => sum + 4 * width, 0);
    const fitting = Math.max(1, Math.floor(SLICE_BYTES / rowBytes));
    const addresses: number[] = [];
    let end = 0;
    let laidOut = 0;

    return (rows, bias, step) => {
      const most = Math.min(rows, fitting);
      if (most !== laidOut) {
        end = image.end;
        widths.forEach((width, i) => {
          addresses[i] = end;
          end = after(end, 4 * width * most);
        });
        laidOut = most;
      }
      engine.reserve(end);
      load();
      if (bias !== null) engine.f32.set(bias, image.bias / 4);
      for (let first = 0; first < rows; first += most) {
        step(addresses as unknown as Addresses<Widths>, first, Math.min(first + most, rows));
      }
    };
  }

  const addressOf = (bias: Float32Array | null): number => (bias === null ? 0 : image.bias);

  function write<A extends Float32Array | Int32Array>(
    memory: A,
    address: number,
    values: A,
    start: number,
    end: number,
  ): void {
    const whole = start === 0 && end === values.length;
    memory.set(whole ? values : values.subarray(start, end), address / 4);
  }

  /** The view is kept, for calls are often alike. */
  function read(address: number, out: Float32Array, start: number, end: number): void {
    const { f32 } = engine;
    const length = end - start;
    if (part.byteOffset !== address || part.length !== length || part.buffer !== f32.buffer) {
      part = f32.subarray(address / 4, address / 4 + length);
    }
    out.set(part, start);
  }

  const rowsOf = (x: Float32Array): number => x.length / features;

  const scoreSlices = slicesOf([features, classes]);
  const backwardSlices = slicesOf([features, classes, features, 1]);
  const lossSlices = slicesOf([features, 1, 1, features, 1]);

  function classScores(
    kernel: typeof kernels.forward,
    x: Float32Array,
    { scale, bias }: HeadParameters,
    out: Float32Array,
  ): void {
    scoreSlices(rowsOf(x), bias, ([xAt, outAt], first, end) => {
      write(engine.f32, xAt, x, first * features, end * features);
      kernel(heapStart, xAt, end - first, scale, addressOf(bias), outAt);
      read(outAt, out, first * classes, end * classes);
    });
  }

  return {
    forward(x, parameters, logits) {
      classScores(kernels.forward, x, parameters, logits);
    },

    probabilities(x, parameters, probabilities) {
      classScores(kernels.probabilities, x, parameters, probabilities);
    },

    chosenProbabilities(x, { scale, bias }, chosen, probabilities) {
      const count = chosen.length;
      // The choice is written again for each slice, in room for as many as the slice has rows.
      slicesOf([features, count, count])(rowsOf(x), bias, ([xAt, chosenAt, outAt], first, end) => {
        write(engine.f32, xAt, x, first * features, end * features);
        write(engine.i32, chosenAt, chosen, 0, count);
        kernels.chosenProbabilities(
          heapStart,
          xAt,
          end - first,
          scale,
          addressOf(bias),
          chosenAt,
          count,
          outAt,
        );
        read(outAt, probabilities, first * count, end * count);
      });
    },

    topK(x, { scale, bias }, k, outClasses, outScores) {
      slicesOf([features, k, k])(rowsOf(x), bias, ([xAt, classesAt, scoresAt], first, end) => {
        write(engine.f32, xAt, x, first * features, end * features);
        kernels.topK(heapStart, xAt, end - first, scale, addressOf(bias), k, classesAt, scoresAt);
        const from = classesAt / 4;
        outClasses.set(engine.i32.subarray(from, from + (end - first) * k), first * k);
        read(scoresAt, outScores, first * k, end * k);
      });
    },

    backward(x, { scale }, gradLogits, gradients) {
      const rows = rowsOf(x);
      const withBias = gradients.bias !== null;
      backwardSlices(rows, null, (at, first, end) => {
        const [xAt, logitsAt, featuresAt, scaleAt] = at;
        write(engine.f32, xAt, x, first * features, end * features);
        write(engine.f32, logitsAt, gradLogits, first * classes, end * classes);
        kernels.backward(
          heapStart,
          xAt,
          end - first,
          scale,
          logitsAt,
          featuresAt,
          scaleAt,
          withBias,
          first,
          rows,
        );
        read(featuresAt, gradients.features, first * features, end * features);
        read(scaleAt, gradients.scale, first, end);
      });
      if (gradients.bias !== null) read(image.biasGradient, gradients.bias, 0, classes);
    },

    lossAndGradient(x, { scale, bias }, { labels, labelSmoothing, rowWeight }, losses, gradients) {
      const rows = rowsOf(x);
      const withBias = gradients.bias !== null;
      lossSlices(rows, bias, (at, first, end) => {
        const [xAt, labelsAt, lossesAt, featuresAt, scaleAt] = at;
        write(engine.f32, xAt, x, first * features, end * features);
        write(engine.i32, labelsAt, labels, first, end);
        kernels.lossAndGradient(
          heapStart,
          xAt,
          end - first,
          scale,
          addressOf(bias),
          labelsAt,
          labelSmoothing,
          rowWeight,
          lossesAt,
          featuresAt,
          scaleAt,
          withBias,
          first,
          rows,
        );
        read(lossesAt, losses, first, end);
        read(featuresAt, gradients.features, first * features, end * features);
        read(scaleAt, gradients.scale, first, end);
      });
      if (gradients.bias !== null) read(image.biasGradient, gradients.bias, 0, classes);
    },
  };
}
