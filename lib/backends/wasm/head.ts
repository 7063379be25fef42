import type { HadamardTable } from "../../table.js";
import type { CrossEntropy, GradientBuffers, HeadKernels, HeadParameters } from "../backend.js";
import { after, type Engine } from "./engine.js";
import { tableImage } from "./table.js";

/** Rows go through the memory in slices of about this size, at least one row. */
const SLICE_BYTES = 2 ** 19;

const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** The kernels of a head. Its table is copied into the engine's memory when another head, or a transform, was there last. */
export function createHead(engine: Engine, table: HadamardTable): HeadKernels {
  const { features, classes } = table;
  const { kernels, heapStart } = engine;
  const image = tableImage(table, heapStart);
  const self = {};
  let part = new Float32Array();

  /** Makes room for `arrays` of so many bytes and returns their addresses. */
  function layOut(arrays: readonly number[]): number[] {
    const addresses: number[] = [];
    let end = image.end;
    for (const bytes of arrays) {
      addresses.push(end);
      end = after(end, bytes);
    }
    engine.reserve(end);
    if (engine.owner !== self) {
      engine.i32.set(image.words, heapStart / 4);
      engine.f32.fill(0, image.row / 4, (image.row + image.rowBytes) / 4);
      engine.owner = self;
    }
    return addresses;
  }

  function setBias(bias: Float32Array | null): number {
    if (bias === null) return 0;
    engine.f32.set(bias, image.bias / 4);
    return image.bias;
  }

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
  const stepOf = (rows: number, rowBytes: number): number =>
    Math.min(rows, Math.max(1, Math.floor(SLICE_BYTES / rowBytes)));

  function classScores(
    kernel: typeof kernels.forward,
    x: Float32Array,
    { scale, bias }: HeadParameters,
    out: Float32Array,
  ): void {
    const rows = rowsOf(x);
    const step = stepOf(rows, (features + classes) * FLOAT);
    const [xAt, outAt] = layOut([step * features * FLOAT, step * classes * FLOAT]) as [number, number];
    const biasAt = setBias(bias);
    for (let r = 0; r < rows; r += step) {
      const end = Math.min(r + step, rows);
      write(engine.f32, xAt, x, r * features, end * features);
      kernel(heapStart, xAt, end - r, scale, biasAt, outAt);
      read(outAt, out, r * classes, end * classes);
    }
  }

  return {
    forward(x: Float32Array, parameters: HeadParameters, logits: Float32Array): void {
      classScores(kernels.forward, x, parameters, logits);
    },

    probabilities(x: Float32Array, parameters: HeadParameters, probabilities: Float32Array): void {
      classScores(kernels.probabilities, x, parameters, probabilities);
    },

    chosenProbabilities(
      x: Float32Array,
      { scale, bias }: HeadParameters,
      chosen: Int32Array,
      probabilities: Float32Array,
    ): void {
      const rows = rowsOf(x);
      const count = chosen.length;
      const step = stepOf(rows, (features + count) * FLOAT);
      const [xAt, chosenAt, outAt] = layOut([
        step * features * FLOAT,
        count * FLOAT,
        step * count * FLOAT,
      ]) as [number, number, number];
      const biasAt = setBias(bias);
      write(engine.i32, chosenAt, chosen, 0, count);
      for (let r = 0; r < rows; r += step) {
        const end = Math.min(r + step, rows);
        write(engine.f32, xAt, x, r * features, end * features);
        kernels.chosenProbabilities(heapStart, xAt, end - r, scale, biasAt, chosenAt, count, outAt);
        read(outAt, probabilities, r * count, end * count);
      }
    },

    topK(
      x: Float32Array,
      { scale, bias }: HeadParameters,
      k: number,
      outClasses: Int32Array,
      outScores: Float32Array,
    ): void {
      const rows = rowsOf(x);
      const step = stepOf(rows, (features + 2 * k) * FLOAT);
      const best = step * k * FLOAT;
      const [xAt, classesAt, scoresAt] = layOut([step * features * FLOAT, best, best]) as [
        number,
        number,
        number,
      ];
      const biasAt = setBias(bias);
      for (let r = 0; r < rows; r += step) {
        const end = Math.min(r + step, rows);
        write(engine.f32, xAt, x, r * features, end * features);
        kernels.topK(heapStart, xAt, end - r, scale, biasAt, k, classesAt, scoresAt);
        const length = (end - r) * k;
        outClasses.set(engine.i32.subarray(classesAt / 4, classesAt / 4 + length), r * k);
        read(scoresAt, outScores, r * k, end * k);
      }
    },

    backward(
      x: Float32Array,
      { scale }: HeadParameters,
      gradLogits: Float32Array,
      gradients: GradientBuffers,
    ): void {
      const rows = rowsOf(x);
      const step = stepOf(rows, (2 * features + classes + 1) * FLOAT);
      const width = step * FLOAT;
      const [xAt, logitsAt, featuresAt, scaleAt] = layOut([
        width * features,
        width * classes,
        width * features,
        width,
      ]) as [number, number, number, number];
      const withBias = gradients.bias !== null;
      for (let r = 0; r < rows; r += step) {
        const end = Math.min(r + step, rows);
        write(engine.f32, xAt, x, r * features, end * features);
        write(engine.f32, logitsAt, gradLogits, r * classes, end * classes);
        kernels.backward(heapStart, xAt, end - r, scale, logitsAt, featuresAt, scaleAt, withBias, r, rows);
        read(featuresAt, gradients.features, r * features, end * features);
        read(scaleAt, gradients.scale, r, end);
      }
      if (gradients.bias !== null) read(image.biasGradient, gradients.bias, 0, classes);
    },

    lossAndGradient(
      x: Float32Array,
      { scale, bias }: HeadParameters,
      { labels, labelSmoothing, rowWeight }: CrossEntropy,
      losses: Float32Array,
      gradients: GradientBuffers,
    ): void {
      const rows = rowsOf(x);
      const step = stepOf(rows, (2 * features + 3) * FLOAT);
      const width = step * FLOAT;
      const [xAt, labelsAt, lossesAt, featuresAt, scaleAt] = layOut([
        width * features,
        width,
        width,
        width * features,
        width,
      ]) as [number, number, number, number, number];
      const biasAt = setBias(bias);
      const withBias = gradients.bias !== null;
      for (let r = 0; r < rows; r += step) {
        const end = Math.min(r + step, rows);
        write(engine.f32, xAt, x, r * features, end * features);
        write(engine.i32, labelsAt, labels, r, end);
        kernels.lossAndGradient(
          heapStart,
          xAt,
          end - r,
          scale,
          biasAt,
          labelsAt,
          labelSmoothing,
          rowWeight,
          lossesAt,
          featuresAt,
          scaleAt,
          withBias,
          r,
          rows,
        );
        read(lossesAt, losses, r, end);
        read(featuresAt, gradients.features, r * features, end * features);
        read(scaleAt, gradients.scale, r, end);
      }
      if (gradients.bias !== null) read(image.biasGradient, gradients.bias, 0, classes);
    },
  };
}
