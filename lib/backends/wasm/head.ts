import type { HadamardTable } from "../../table.js";
import type { GradientBuffers, HeadKernels, HeadParameters } from "../backend.js";
import { after, type Engine, View } from "./engine.js";
import { LOSS_BYTES, writeLoss } from "./loss.js";
import { type TableImage, tableImage } from "./table.js";
import { CHUNK_ROWS, type WeightSums, weightSums } from "./weights.js";

/** Rows go through the memory in slices of about this size, at least one row. */
const SLICE_BYTES = 2 ** 19;

/** With two arrays to copy the calls for a slice cost less than it gains to copy to and from where the first-level cache is. */
const SLICE_BYTES_OF_TWO = 2 ** 14;

/** The size of a float32 and of an int32. */
const BYTES = 4;

/** How many rows a slice has, and the address of each array of the call. */
type Layout<Widths extends readonly number[]> = readonly [
  step: number,
  ...addresses: { readonly [I in keyof Widths]: number },
];

export const createHead = (engine: Engine, table: HadamardTable): HeadKernels =>
  createKernels(engine, table, tableImage(table, engine.heapStart));

/** The kernels of a head. Its image is copied into the engine's memory when another head, or a transform, was there last. */
export function createKernels(
  engine: Engine,
  { features, classes }: { features: number; classes: number },
  image: TableImage,
): HeadKernels {
  const { kernels, heapStart } = engine;
  const { together } = image;
  const self = {};
  let last = {
    rows: 0,
    longest: 0,
    widths: [] as readonly number[],
    start: 0,
    layout: [] as readonly number[],
  };
  const view = new View<Float32Array>();

  /** Brings the table into the memory, where it is not there yet, and the bias; returns the address of the bias, or 0. */
  function load(bias: Float32Array | null): number {
    if (engine.owner !== self) {
      engine.reserve(image.end);
      engine.i32.set(image.words, heapStart / BYTES);
      engine.f32.fill(0, image.row / BYTES, (image.row + image.rowBytes) / BYTES);
      engine.owner = self;
    }
    if (bias === null) return 0;
    engine.f32.set(bias, image.bias / BYTES);
    return image.bias;
  }

  /**
   * Makes room from `start` on for the arrays of a call, each with a slice of the rows of so many elements as `widths` says. The last
   * layout is kept, for calls are often alike. The loop over the slices stands in every operation: calling a function for each slice
   * would take 20 ns, which are 6 % of a row 64 → 10.
   */
  function layOut<const Widths extends readonly number[]>(
    rows: number,
    widths: Widths,
    start = image.end,
    longest = Infinity,
  ): Layout<Widths> {
    if (
      rows !== last.rows ||
      start !== last.start ||
      longest !== last.longest ||
      !areEqual(widths, last.widths)
    ) {
      const rowBytes = widths.reduce((sum, width) => sum + width * BYTES, 0);
      const most = widths.length > 2 ? SLICE_BYTES : SLICE_BYTES_OF_TWO;
      const fit = Math.floor(most / rowBytes / together) * together;
      const step = Math.min(rows, longest === Infinity ? Math.max(together, fit) : longest);
      let end = start;
      const addresses = widths.map((width) => {
        const address = end;
        end = after(address, step * width * BYTES);
        return address;
      });
      engine.reserve(end);
      last = { rows, longest, widths, start, layout: [step, ...addresses] };
    }
    return last.layout as unknown as Layout<Widths>;
  }

  /** Copies the rows [first, end) of an array into the memory. */
  function write<A extends Float32Array | Int32Array>(
    memory: A,
    address: number,
    values: A,
    width: number,
    first: number,
    end: number,
  ): void {
    const whole = first === 0 && end * width === values.length;
    memory.set(whole ? values : values.subarray(first * width, end * width), address / BYTES);
  }

  /** Copies the rows [first, end) of an array out of the memory. */
  function read(address: number, out: Float32Array, width: number, first: number, end: number): void {
    out.set(view.of(engine.f32, address / BYTES, (end - first) * width), first * width);
  }

  /** Copies the bias gradient out of the memory, when all rows have been added to it; the first one begins it. */
  function readBiasGradient({ bias }: GradientBuffers, rows: number): void {
    if (rows === 0) bias?.fill(0);
    else if (bias !== null) read(image.biasGradient, bias, classes, 0, 1);
  }

  /** What sums the gradient by class vectors up, if it is wanted: then each slice is a chunk. */
  const sumsOf = ({ weights, weightClasses }: GradientBuffers, at: number): WeightSums | null =>
    weights && weightSums(engine, { features, classes }, weights, weightClasses, at);

  const rowsOf = (x: Float32Array): number => x.length / features;

  function classScores(
    kernel: typeof kernels.forward,
    x: Float32Array,
    { scale, bias }: HeadParameters,
    out: Float32Array,
  ): void {
    const rows = rowsOf(x);
    const biasAt = load(bias);
    const [step, xAt, outAt] = layOut(rows, [features, classes]);
    for (let r = 0; r < rows; r += step) {
      const end = Math.min(r + step, rows);
      write(engine.f32, xAt, x, features, r, end);
      kernel(heapStart, xAt, end - r, scale, biasAt, outAt);
      read(outAt, out, classes, r, end);
    }
  }

  return {
    forward(x, parameters, logits) {
      classScores(kernels.forward, x, parameters, logits);
    },

    probabilities(x, parameters, probabilities) {
      classScores(kernels.probabilities, x, parameters, probabilities);
    },

    chosenProbabilities(x, { scale, bias }, chosen, probabilities) {
      const rows = rowsOf(x);
      const count = chosen.length;
      const biasAt = load(bias);
      const chosenAt = image.end;
      const start = after(chosenAt, count * BYTES);
      const [step, xAt, outAt] = layOut(rows, [features, count], start);
      write(engine.i32, chosenAt, chosen, count, 0, 1);
      for (let r = 0; r < rows; r += step) {
        const end = Math.min(r + step, rows);
        write(engine.f32, xAt, x, features, r, end);
        kernels.chosenProbabilities(heapStart, xAt, end - r, scale, biasAt, chosenAt, count, outAt);
        read(outAt, probabilities, count, r, end);
      }
    },

    topK(x, { scale, bias }, k, outClasses, outScores) {
      const rows = rowsOf(x);
      const biasAt = load(bias);
      const [step, xAt, classesAt, scoresAt] = layOut(rows, [features, k, k]);
      for (let r = 0; r < rows; r += step) {
        const end = Math.min(r + step, rows);
        write(engine.f32, xAt, x, features, r, end);
        kernels.topK(heapStart, xAt, end - r, scale, biasAt, k, classesAt, scoresAt);
        const best = classesAt / BYTES;
        outClasses.set(engine.i32.subarray(best, best + (end - r) * k), r * k);
        read(scoresAt, outScores, k, r, end);
      }
    },

    backward(x, { scale }, gradLogits, gradients) {
      const rows = rowsOf(x);
      const withBias = gradients.bias !== null;
      load(null);
      const sums = sumsOf(gradients, image.end);
      const widths = [features, classes, features, 1] as const;
      const layout = layOut(rows, widths, sums?.end, sums ? CHUNK_ROWS : Infinity);
      const [step, xAt, logitsAt, featuresAt, scaleAt] = layout;
      for (let r = 0; r < rows; r += step) {
        const end = Math.min(r + step, rows);
        write(engine.f32, xAt, x, features, r, end);
        write(engine.f32, logitsAt, gradLogits, classes, r, end);
        sums?.begin();
        kernels.backward(
          heapStart,
          xAt,
          end - r,
          scale,
          logitsAt,
          featuresAt,
          scaleAt,
          withBias,
          r,
          rows,
          sums?.kept ?? 0,
        );
        sums?.add();
        read(featuresAt, gradients.features, features, r, end);
        read(scaleAt, gradients.scale, 1, r, end);
      }
      readBiasGradient(gradients, rows);
    },

    logSumExp(x, { scale, bias, normalised }, out) {
      const rows = rowsOf(x);
      const biasAt = load(bias);
      const [step, xAt, outAt] = layOut(rows, [features, 1]);
      for (let r = 0; r < rows; r += step) {
        const end = Math.min(r + step, rows);
        write(engine.f32, xAt, x, features, r, end);
        kernels.logSumExp(heapStart, xAt, end - r, scale, biasAt, normalised, outAt);
        read(outAt, out, 1, r, end);
      }
    },

    lossAndGradient(x, { scale, bias, normalised }, loss, losses, gradients) {
      const { labels, targets, classWeights, rowWeights } = loss;
      const rows = rowsOf(x);
      const withBias = gradients.bias !== null;
      const biasAt = load(bias);
      const sums = sumsOf(gradients, image.end);
      const lossAt = sums?.end ?? image.end;
      const classWeightsAt = after(lossAt, LOSS_BYTES);
      const start = classWeights === null ? classWeightsAt : after(classWeightsAt, classes * BYTES);
      const widths = [features, 1, 1, targets === null ? 0 : classes, 1, features, 1] as const;
      const layout = layOut(rows, widths, start, sums ? CHUNK_ROWS : Infinity);
      const [step, xAt, rowWeightsAt, labelsAt, targetsAt, lossesAt, featuresAt, scaleAt] = layout;
      writeLoss(engine, lossAt, loss, { labelsAt, targetsAt, classWeightsAt, rowWeightsAt });
      if (classWeights !== null) write(engine.f32, classWeightsAt, classWeights, classes, 0, 1);
      for (let r = 0; r < rows; r += step) {
        const end = Math.min(r + step, rows);
        write(engine.f32, xAt, x, features, r, end);
        if (typeof rowWeights === "number") {
          engine.f32.fill(rowWeights, rowWeightsAt / BYTES, rowWeightsAt / BYTES + end - r);
        } else {
          write(engine.f32, rowWeightsAt, rowWeights, 1, r, end);
        }
        if (labels !== null) write(engine.i32, labelsAt, labels, 1, r, end);
        if (targets !== null) write(engine.f32, targetsAt, targets, classes, r, end);
        sums?.begin();
        kernels.lossAndGradient(
          heapStart,
          xAt,
          end - r,
          scale,
          biasAt,
          normalised,
          lossAt,
          lossesAt,
          featuresAt,
          scaleAt,
          withBias,
          r,
          rows,
          sums?.kept ?? 0,
        );
        sums?.add();
        read(lossesAt, losses, 1, r, end);
        read(featuresAt, gradients.features, features, r, end);
        read(scaleAt, gradients.scale, 1, r, end);
      }
      readBiasGradient(gradients, rows);
    },
  };
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
