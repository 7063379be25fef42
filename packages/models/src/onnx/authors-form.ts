import { FixedClassifier } from "fixed-classifier";
import type { AuthorsForm } from "../last-layer.js";
import { intsOf } from "./attributes.js";
import type { Constants } from "./constants.js";
import { evaluate } from "./evaluate.js";
import type { GraphIndex } from "./graph-index.js";
import { isStandard } from "./graph-index.js";
import type { LinearLayer } from "./linear-layer.js";
import type { NodeProto } from "./onnx_pb.js";
import type { Affine } from "./walk.js";

/** A linear layer that is the authors' module, with its normalisation before it. */
export interface AuthorsHead extends AuthorsForm {
  /** The value whose rows are the features, before they are brought to length 1. */
  readonly input: string;
  readonly features: number;
  /** scale·H, classes × features. */
  readonly weights: Float32Array;
  /** Whether the features get another type on their way. */
  readonly isCast: boolean;
}

const ROWS = 3;
const TOLERANCE = 1e-4;
const LONGEST_WAY = 24;

/**
 * Reads z = scale·⟨h_c, x/‖x‖⟩ + b off the end of a graph, or null: the weights have to be ±m with the signs of the Sylvester matrix, the
 * graph before them has to lead back to a row that is divided by its length, and all of it together has to give the logits of
 * `FixedClassifier` with the code "sylvester" on random rows.
 */
export function authorsHeadOf(
  affine: Affine,
  layer: LinearLayer,
  index: GraphIndex,
  constants: Constants,
): AuthorsHead | null {
  const magnitude = sylvesterMagnitude(layer);
  if (magnitude === null || affine.product.layout !== "rows") return null;
  const way = backToFeatures(affine.product.input, layer.features, index, constants);
  if (way === null) return null;
  const { input, features } = way;
  const scale = magnitude * way.factor;
  if (!givesTheSame({ input, features, scale }, affine, layer, index, constants)) return null;
  const weights = new Float32Array(layer.classes * features);
  for (let i = 0; i < weights.length; i++) {
    weights[i] = isOdd(Math.floor(i / features) & (i % features)) ? -scale : scale;
  }
  return { input, features, scale, weights, isCast: way.isCast };
}

/** m with its sign where w[i,j] = m·(−1)^popcount(i & j) for all entries. */
function sylvesterMagnitude({ classes, features, weights }: LinearLayer): number | null {
  const magnitude = weights[0];
  if (magnitude === 0 || classes < 2 || features < 2) return null;
  const most = Math.abs(magnitude) * 1e-6;
  for (let i = 0; i < classes; i++) {
    for (let j = 0; j < features; j++) {
      const expected = isOdd(i & j) ? -magnitude : magnitude;
      if (Math.abs(weights[i * features + j] - expected) > most) return null;
    }
  }
  return magnitude;
}

function isOdd(bits: number): boolean {
  let folded = bits ^ (bits >> 16);
  folded ^= folded >> 8;
  folded ^= folded >> 4;
  return ((0x6996 >> (folded & 15)) & 1) === 1;
}

interface Way {
  readonly input: string;
  readonly features: number;
  readonly factor: number;
  readonly isCast: boolean;
}

/** From what is multiplied by H back through factors and padding to the division by the length. */
function backToFeatures(from: string, width: number, index: GraphIndex, constants: Constants): Way | null {
  let value = from;
  let features = width;
  let factor = 1;
  let isCast = false;
  for (let steps = 0; steps < LONGEST_WAY && features > 0; steps++) {
    const node = index.producer(value);
    if (node === undefined || !isStandard(node)) return null;
    const unit = normalisedInput(node, index, constants);
    if (unit !== null) return { input: unit.input, features, factor: factor * unit.factor, isCast };
    const [left = "", right = ""] = node.input;
    value = left;
    switch (node.opType) {
      case "Identity":
      case "Dropout":
        break;
      case "Cast":
        isCast = true;
        break;
      case "Neg":
        factor = -factor;
        break;
      case "Mul":
        factor *= constants.scalar(right) ?? constants.scalar(left) ?? 0;
        if (constants.has(left)) value = right;
        break;
      case "Div":
        factor /= constants.scalar(right) ?? 0;
        break;
      case "Pad":
        features -= padOf(node, index, constants) ?? features;
        break;
      case "Concat":
        features -= constants.has(right) ? (constants.load(right).dims.at(-1) ?? features) : features;
        break;
      default:
        return null;
    }
    if (factor === 0 || !Number.isFinite(factor)) return null;
  }
  return null;
}

interface Unit {
  readonly input: string;
  readonly factor: number;
}

/** The row that a node divides by its length, and the factor that it gets with it; null for any other node. */
function normalisedInput(node: NodeProto, index: GraphIndex, constants: Constants): Unit | null {
  const [left = "", right = ""] = node.input;
  if (node.opType === "LpNormalization") return { input: left, factor: 1 };
  if (node.opType === "Div")
    return normalisedBy(left, right, index, constants) ? { input: left, factor: 1 } : null;
  if (node.opType !== "Mul") return null;
  for (const [row, by] of [
    [left, right],
    [right, left],
  ])
    if (normalisedBy(row, by, index, constants))
      return { input: row, factor: factorOver(by, index, constants) };
  return null;
}

/** s where a row is multiplied by s / ‖x‖, as our own heads have it. */
function factorOver(by: string, index: GraphIndex, constants: Constants): number {
  const node = index.producer(by);
  return node?.opType === "Div" ? (constants.scalar(node.input[0]) ?? 1) : 1;
}

/** Zeros behind one axis and nowhere else; that it is the last one shows when the whole is computed. */
function padOf(node: NodeProto, index: GraphIndex, constants: Constants): number | null {
  const { values } = (node.input[1] && evaluate(node.input[1], new Map(), index, constants)) || {
    values: intsOf(node, "pads") ?? [],
  };
  const [size, ...others] = [...values].filter((count) => count !== 0);
  const isBehind = values.indexOf(size ?? 0) >= values.length / 2;
  return size === undefined ? 0 : others.length === 0 && isBehind ? size : null;
}

/** Whether what a row is divided by is computed from its length and nothing else. */
function normalisedBy(row: string, norm: string, index: GraphIndex, constants: Constants): boolean {
  const open = [norm];
  const seen = new Set<string>();
  let reduces = false;
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === row || name === "" || seen.has(name) || constants.has(name)) continue;
    seen.add(name);
    const node = index.producer(name);
    if (node === undefined || seen.size > LONGEST_WAY) return false;
    reduces ||= node.opType.startsWith("Reduce");
    open.push(...node.input);
  }
  return reduces;
}

/** What the graph computes, against what the head is said to be. */
function givesTheSame(
  { input, features, scale }: Pick<AuthorsHead, "input" | "features" | "scale">,
  affine: Affine,
  { classes, bias }: LinearLayer,
  index: GraphIndex,
  constants: Constants,
): boolean {
  const shape = index.shapeOf(input);
  const dims =
    shape === null || shape.length === 0
      ? [ROWS, features]
      : [...shape.slice(0, -1).map((size) => (size < 0 ? ROWS : size)), features];
  const rows = dims.slice(0, -1).reduce((all, size) => all * size, 1);
  if (rows < 1 || rows > 4096 || rows * features > 2 ** 22) return false;
  const values = randomNumbers(rows * features);
  const theirs = evaluate(
    affine.logits,
    new Map([[input, { dims, values: Float64Array.from(values) }]]),
    index,
    constants,
  );
  if (theirs === null || theirs.values.length !== rows * classes) return false;
  const ours = logitsOf({ features, classes, scale, bias }, values);
  if (ours === null) return false;
  const finite = ours.filter(Number.isFinite);
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), Math.abs(scale));
  // A class that is masked has −∞ in both.
  return ours.every(
    (value, i) => value === theirs.values[i] || Math.abs(value - theirs.values[i]) <= TOLERANCE * largest,
  );
}

interface Settings {
  readonly features: number;
  readonly classes: number;
  readonly scale: number;
  readonly bias: Float32Array | null;
}

/** The core multiplies by −scale, as the authors do; null for sizes that it has no code of. */
function logitsOf({ features, classes, scale, bias }: Settings, values: Float32Array): Float32Array | null {
  let head: FixedClassifier;
  try {
    head = new FixedClassifier({
      features,
      classes,
      code: "sylvester",
      allowDuplicates: true,
      scale: -scale,
      bias: bias !== null,
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  if (bias !== null) head.bias?.set(bias);
  return head.forward(values);
}

/** The same numbers in (−1, 1) every time; Park and Miller's generator. */
function randomNumbers(count: number): Float32Array {
  let state = 20180430;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return (state / 2147483647) * 2 - 1;
  });
}
