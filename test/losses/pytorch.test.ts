/**
 * Losses and scores beside those that PyTorch computed in float64: test/losses/pytorch.json, written by scripts/losses/pytorch.py, which
 * says what is in it.
 */

import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { type Backend, FixedClassifier, type Gradient, type Reduction } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { largest, largestError } from "../support/bits.js";

interface HeadOfFile {
  code: "hadamard" | "sylvester" | "learned";
  features: number;
  classes: number;
  scale: number;
  bias: number[];
  weights?: number[];
  x: number[];
}

/** Those that are not learned have no gradient. */
interface GradientOfFile {
  features: number[];
  scale?: number;
  bias: number[];
  weights?: number[];
}

interface LossCase {
  head: number;
  labels?: number[];
  targets?: number[];
  options: {
    labelSmoothing?: number;
    classWeights?: number[];
    sampleWeights?: number[];
    ignoreIndex?: number;
    margin?: number;
    angularMargin?: number;
    reduction: Reduction;
  };
  /** Null where no row counts: the mean is NaN. */
  loss: number | number[] | null;
  gradient: GradientOfFile | null;
}

interface ScoreCase {
  head: number;
  method: "logSumExp" | "energy";
  options: { temperature?: number; normalised?: boolean };
  values: number[];
  gradient: GradientOfFile;
}

const fixture: { madeBy: string; heads: HeadOfFile[]; losses: LossCase[]; scores: ScoreCase[] } = JSON.parse(
  readFileSync(new URL("pytorch.json", import.meta.url), "utf8"),
);

function headOf(index: number, backend: Backend): { head: FixedClassifier; x: Float32Array } {
  const { code, features, classes, scale, bias, weights, x } = fixture.heads[index] as HeadOfFile;
  const head = new FixedClassifier({ code, features, classes, scale, backend });
  head.bias?.set(bias);
  if (weights !== undefined) head.weights?.set(weights);
  return { head, x: Float32Array.from(x) };
}

const lossOf = ({ labels, targets, options }: LossCase, { head, x }: ReturnType<typeof headOf>) => {
  const { classWeights, sampleWeights, ...others } = options;
  return head.lossAndGradient(x, labels ?? Float32Array.from(targets as number[]), {
    ...others,
    ...(classWeights && { classWeights: Float32Array.from(classWeights) }),
    ...(sampleWeights && { sampleWeights: Float32Array.from(sampleWeights) }),
  });
};

type Values = number | ArrayLike<number>;
const listOf = (values: Values): ArrayLike<number> => (typeof values === "number" ? [values] : values);

/**
 * Float32 results beside exact ones: relative to the largest of them, but no finer than what they are sums of. The bound is that of logits
 * in docs/numerics.md; logits rounded to float32, with all that follows in float64, are off by up to 4e-7.
 */
function near(what: string, actual: Values | null, expected: Values, floor: number): void {
  const [a, e] = [listOf(actual ?? []), listOf(expected)];
  const error = a.length === e.length ? largestError(a, e) / Math.max(largest(e), floor) : Infinity;
  if (!(error < 4e-6)) throw new Error(`${what} is off by ${error}: ${actual}, PyTorch has ${expected}`);
}

/** `unit`: what the logits' gradients of one row are of the order of. */
function nearGradient(what: string, actual: Gradient, expected: GradientOfFile, unit: number): void {
  near(`${what}: ∂x`, actual.features, expected.features, unit);
  near(`${what}: ∂b`, actual.bias, expected.bias, unit);
  if (expected.scale === undefined) expect(actual.scale).toBeNull();
  else near(`${what}: ∂s`, actual.scale, expected.scale, unit);
  if (expected.weights === undefined) expect(actual.weights).toBeNull();
  else near(`${what}: ∂W`, actual.weights, expected.weights, unit);
}

test("the file has all of its cases", () => {
  expect(fixture.madeBy).toMatch(/^scripts\/losses\/pytorch\.py with PyTorch/);
  expect(fixture.losses.length).toBeGreaterThan(500);
  expect(fixture.scores.length).toBeGreaterThan(30);
  expect(fixture.losses.filter(({ loss }) => loss === null)).toHaveLength(2);
});

const GROUPS: readonly (readonly [string, (each: LossCase) => boolean])[] = [
  [
    "labels",
    ({ labels, options }) => labels !== undefined && !("margin" in options || "angularMargin" in options),
  ],
  ["margin", ({ options }) => "margin" in options && !("angularMargin" in options)],
  ["angularMargin", ({ options }) => "angularMargin" in options && !("margin" in options)],
  ["both margins", ({ options }) => "angularMargin" in options && "margin" in options],
  ["soft targets", ({ targets }) => targets !== undefined],
];

onEachBackend((backend) => {
  const heads = fixture.heads.map((_, index) => headOf(index, backend));
  const headAt = (index: number) => heads[index] as (typeof heads)[number];

  test.each(GROUPS)("cross-entropy, %s", (_, belongs) => {
    const cases = fixture.losses.filter((each) => belongs(each) && each.loss !== null);
    expect(cases.length).toBeGreaterThan(100);
    for (const each of cases) {
      const what = `case ${fixture.losses.indexOf(each)} ${JSON.stringify(each.options)}`;
      const { loss, gradient } = lossOf(each, headAt(each.head));
      const rows = headAt(each.head).x.length / headAt(each.head).head.features;
      near(`${what}: loss`, loss, each.loss as number | number[], 1);
      const unit = each.options.reduction === "mean" ? 1 / rows : 1;
      nearGradient(what, gradient, each.gradient as GradientOfFile, unit);
    }
  });

  test("the mean of no rows is NaN, its gradients are 0", () => {
    for (const each of fixture.losses.filter(({ loss }) => loss === null)) {
      const { loss, gradient } = lossOf(each, headAt(each.head));
      expect(loss).toBeNaN();
      expect([largest(gradient.features), gradient.scale, largest(gradient.bias as Float32Array)]).toEqual([
        0, 0, 0,
      ]);
    }
  });

  test.each(["logSumExp", "energy"] as const)("%s", (method) => {
    const cases = fixture.scores.filter((each) => each.method === method);
    expect(cases.length).toBeGreaterThan(10);
    for (const { head: index, options, values, gradient } of cases) {
      const what = `${method} of head ${index} ${JSON.stringify(options)}`;
      const { head, x } = headAt(index);
      near(what, head[method](x, options), values, 1);
      const both = head[`${method}AndGradient`](x, options);
      near(what, both.values, values, 1);
      nearGradient(what, both.gradient, gradient, 1);
    }
  });
});
