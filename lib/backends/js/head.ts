import {
  type CrossEntropy,
  type GradientBuffers,
  type HeadKernels,
  type HeadParameters,
  type HeadTable,
  maskWords,
  SEGMENT_FIELDS,
} from "../backend.js";
import { transform } from "./fwht.js";
import { CHUNK_ROWS, exp, exponentOf, foldLanes, LANES, log, powerOfTwo } from "./math.js";

const { fround } = Math;
const EPSILON = 1e-8;
const SUM_MIN = 2 ** -80;
const SUM_MAX = 2 ** 100;

interface Segment {
  readonly row: number;
  readonly sign: number;
  readonly first: number;
  readonly count: number;
}

interface Block {
  readonly segments: readonly Segment[];
  /** One bit a feature, from the word `mask` on. */
  readonly mask: number;
  /** Rows from here on carry no class. */
  readonly rows: number;
}

/** What the row pass leaves for the passes after it. */
interface Row {
  /** The scaled row; its padding is the transform's business. */
  readonly x: Float32Array;
  zero: boolean;
  norm: number;
  epsilon: number;
  /** Logit factor α, and α′ for gradients. */
  alpha: number;
  alphaOfInput: number;
}

/** The kernels of a head in plain TypeScript: docs/numerics.md as code. */
export function createHead(table: HeadTable): HeadKernels {
  const { features, classes, order, unit, masks } = table;
  const blocks = readBlocks(table);
  const lanes = new Float32Array(LANES);
  const row: Row = {
    x: new Float32Array(features),
    zero: false,
    norm: 0,
    epsilon: EPSILON,
    alpha: 0,
    alphaOfInput: 0,
  };
  const t = new Float32Array(order);
  const u = new Float32Array(features);
  const z = new Float32Array(classes);
  const chunkBias = new Float32Array(classes);

  const negated = (block: Block, i: number): boolean =>
    (((masks[block.mask + (i >> 5)] as number) >>> (i & 31)) & 1) === 1;

  function sumOfSquares(x: Float32Array): number {
    for (let i = 0; i < features; i++) {
      const v = x[i] as number;
      lanes[i % LANES] = (lanes[i % LANES] as number) + fround(v * v);
    }
    return foldLanes(lanes, features);
  }

  function readRow(x: Float32Array, start: number, scale: number): void {
    row.x.set(x.subarray(start, start + features));
    let sum = sumOfSquares(row.x);
    let exponent = 0;
    if (sum < SUM_MIN || sum > SUM_MAX) {
      let largest = 0;
      for (const v of row.x) if (Math.abs(v) > largest) largest = Math.abs(v);
      if (largest > 0 && largest < Infinity) {
        exponent = exponentOf(largest);
        const down = powerOfTwo(-exponent);
        for (let i = 0; i < features; i++) row.x[i] = (row.x[i] as number) * down;
        sum = sumOfSquares(row.x);
      }
    }
    row.zero = sum === 0;
    row.norm = Math.sqrt(sum);
    row.epsilon = EPSILON * powerOfTwo(-exponent);
    const gain = (scale * unit) / (row.norm + row.epsilon);
    row.alpha = fround(gain);
    row.alphaOfInput = fround(gain * powerOfTwo(-exponent));
  }

  /** Leaves the transform of the masked row in `t`. */
  function transformRow(block: Block): void {
    for (let i = 0; i < features; i++) {
      const v = row.x[i] as number;
      t[i] = negated(block, i) ? -v : v;
    }
    t.fill(0, features);
    transform(t, 0, order, features);
  }

  /** The logits of one row into out[start … start + classes). */
  function logits(bias: Float32Array | null, out: Float32Array, start: number): void {
    for (const block of blocks) {
      transformRow(block);
      for (const { row: first, sign, first: c, count } of block.segments) {
        const factor = sign * row.alpha;
        for (let i = 0; i < count; i++) {
          const product = fround(factor * (t[first + i] as number));
          out[start + c + i] = bias === null ? product : product + (bias[c + i] as number);
        }
      }
    }
  }

  /** Maximum and sum of exponentials of a segment, which starts at z[at]. */
  function segmentSoftmax(z: Float32Array, at: number, segment: Segment): [number, number] {
    let max = -Infinity;
    for (let i = 0; i < segment.count; i++) {
      if ((z[at + i] as number) > max) max = z[at + i] as number;
    }
    const shift = max === -Infinity ? 0 : max;
    for (let i = 0; i < segment.count; i++) {
      const lane = (segment.row + i) % LANES;
      lanes[lane] = (lanes[lane] as number) + exp(fround((z[at + i] as number) - shift));
    }
    return [max, foldLanes(lanes, segment.row + segment.count)];
  }

  /** Maximum and sum of exponentials of the logits that start at z[start]. */
  function softmaxSums(z: Float32Array, start: number): [number, number] {
    let max = -Infinity;
    let sum = 0;
    let first = true;
    for (const block of blocks) {
      for (const segment of block.segments) {
        const [m, s] = segmentSoftmax(z, start + segment.first, segment);
        if (first) {
          max = m;
          sum = s;
          first = false;
        } else if (m > max) {
          sum = sum * exp(fround(max - m)) + s;
          max = m;
        } else {
          sum = m === -Infinity ? sum + s : sum + s * exp(fround(m - max));
        }
      }
    }
    return [max, sum];
  }

  function sumOfLogits(): number {
    let sum = 0;
    for (const block of blocks) {
      for (const { row: first, first: c, count } of block.segments) {
        for (let i = 0; i < count; i++) {
          const lane = (first + i) % LANES;
          lanes[lane] = (lanes[lane] as number) + (z[c + i] as number);
        }
        sum += foldLanes(lanes, first + count);
      }
    }
    return sum;
  }

  /** Turns the logits in `z` into the gradient and returns the loss. */
  function crossEntropy(label: number, smoothing: number, factor: number): number {
    const [max, sum] = softmaxSums(z, 0);
    const logit = z[label] as number;
    let loss: number;
    if (smoothing === 0) {
      loss = log(sum) + max - logit;
    } else {
      loss = log(sum) + max - (1 - smoothing) * logit;
      loss -= (smoothing / classes) * sumOfLogits();
    }
    const shift = max === -Infinity ? 0 : max;
    const reciprocal = fround(1 / sum);
    const others = fround(smoothing / classes);
    const target = fround(1 - smoothing + smoothing / classes);
    for (let c = 0; c < classes; c++) {
      const p = fround(exp(fround((z[c] as number) - shift)) * reciprocal);
      z[c] = fround(p - (c === label ? target : others)) * factor;
    }
    return loss;
  }

  /** ∂x of one row into out[start …); returns ∂s. The gradient of the logits starts at g[at]. */
  function inputGradient(g: Float32Array, at: number, out: Float32Array, start: number): number {
    if (row.zero) {
      out.fill(0, start, start + features);
      return 0;
    }
    blocks.forEach((block, k) => {
      t.fill(0);
      for (const { row: first, sign, first: c, count } of block.segments) {
        for (let i = 0; i < count; i++) {
          t[first + i] = (t[first + i] as number) + sign * (g[at + c + i] as number);
        }
      }
      transform(t, 0, order, block.rows);
      for (let i = 0; i < features; i++) {
        const v = negated(block, i) ? -(t[i] as number) : (t[i] as number);
        u[i] = k === 0 ? v : (u[i] as number) + v;
      }
    });
    for (let i = 0; i < features; i++) {
      const product = fround((u[i] as number) * (row.x[i] as number));
      lanes[i % LANES] = (lanes[i % LANES] as number) + product;
    }
    const dot = foldLanes(lanes, features);
    const beta = fround(dot / (row.norm * (row.norm + row.epsilon)));
    for (let i = 0; i < features; i++) {
      const across = fround((u[i] as number) - fround((row.x[i] as number) * beta));
      out[start + i] = row.alphaOfInput * across;
    }
    return (dot * unit) / (row.norm + row.epsilon);
  }

  /** Adds the bias gradient of one row; rows come in order. */
  function addBiasGradient(
    g: Float32Array,
    at: number,
    index: number,
    rows: number,
    bias: Float32Array | null,
  ): void {
    if (bias === null) return;
    if (index === 0) bias.fill(0);
    if (index % CHUNK_ROWS === 0) chunkBias.fill(0);
    for (let c = 0; c < classes; c++) {
      chunkBias[c] = (chunkBias[c] as number) + (g[at + c] as number);
    }
    if (index % CHUNK_ROWS === CHUNK_ROWS - 1 || index === rows - 1) {
      for (let c = 0; c < classes; c++) bias[c] = (bias[c] as number) + (chunkBias[c] as number);
    }
  }

  const rowsOf = (x: Float32Array): number => x.length / features;

  return {
    forward(x: Float32Array, { scale, bias }: HeadParameters, out: Float32Array): void {
      for (let r = 0; r < rowsOf(x); r++) {
        readRow(x, r * features, scale);
        logits(bias, out, r * classes);
      }
    },

    probabilities(x: Float32Array, { scale, bias }: HeadParameters, out: Float32Array): void {
      for (let r = 0; r < rowsOf(x); r++) {
        readRow(x, r * features, scale);
        logits(bias, z, 0);
        const [max, sum] = softmaxSums(z, 0);
        const shift = max === -Infinity ? 0 : max;
        const reciprocal = fround(1 / sum);
        for (let c = 0; c < classes; c++) {
          out[r * classes + c] = exp(fround((z[c] as number) - shift)) * reciprocal;
        }
      }
    },

    topK(
      x: Float32Array,
      { scale, bias }: HeadParameters,
      k: number,
      outClasses: Int32Array,
      outScores: Float32Array,
    ): void {
      for (let r = 0; r < rowsOf(x); r++) {
        readRow(x, r * features, scale);
        logits(bias, z, 0);
        selectTopK(z, k, outClasses, outScores, r * k);
      }
    },

    backward(
      x: Float32Array,
      { scale }: HeadParameters,
      gradLogits: Float32Array,
      gradients: GradientBuffers,
    ): void {
      const rows = rowsOf(x);
      for (let r = 0; r < rows; r++) {
        readRow(x, r * features, scale);
        gradients.scale[r] = inputGradient(gradLogits, r * classes, gradients.features, r * features);
        addBiasGradient(gradLogits, r * classes, r, rows, gradients.bias);
      }
    },

    lossAndGradient(
      x: Float32Array,
      { scale, bias }: HeadParameters,
      { labels, labelSmoothing, factor }: CrossEntropy,
      losses: Float32Array,
      gradients: GradientBuffers,
    ): void {
      const rows = rowsOf(x);
      const factor32 = fround(factor);
      for (let r = 0; r < rows; r++) {
        readRow(x, r * features, scale);
        logits(bias, z, 0);
        losses[r] = crossEntropy(labels[r] as number, labelSmoothing, factor32);
        gradients.scale[r] = inputGradient(z, 0, gradients.features, r * features);
        addBiasGradient(z, 0, r, rows, gradients.bias);
      }
    },
  };
}

function readBlocks({ order, segments }: HeadTable): Block[] {
  const blocks: { segments: Segment[]; mask: number; rows: number }[] = [];
  for (let s = 0; s < segments.length; s += SEGMENT_FIELDS) {
    const [index, row, sign, first, count] = segments.subarray(s, s + SEGMENT_FIELDS) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    blocks[index] ??= { segments: [], mask: index * maskWords(order), rows: 0 };
    blocks[index].segments.push({ row, sign, first, count });
    blocks[index].rows = Math.max(blocks[index].rows, row + count);
  }
  return blocks;
}

/** Insertion into a list of the k best: by larger logit, then by lower class; NaN is below everything. */
function selectTopK(
  z: Float32Array,
  k: number,
  classes: Int32Array,
  scores: Float32Array,
  start: number,
): void {
  const above = (a: number, b: number): boolean => a > b || (Number.isNaN(b) && !Number.isNaN(a));
  for (let c = 0; c < z.length; c++) {
    const score = z[c] as number;
    let place = start + Math.min(c, k);
    while (place > start && above(score, scores[place - 1] as number)) place--;
    if (place === start + k) continue;
    const last = start + Math.min(c, k - 1);
    classes.copyWithin(place + 1, place, last);
    scores.copyWithin(place + 1, place, last);
    classes[place] = c;
    scores[place] = score;
  }
}
