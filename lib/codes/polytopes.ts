/** The corners of the regular polytopes that exist in every dimension, as far as Hadamard matrices have them. */

import { knownOrder, MAX_ORDER, type Order, orderAbove, orderBelow } from "../hadamard/orders.js";
import { type ClassCode, type HeadShape, nextPowerOfTwo, scaleOf99Percent } from "./code.js";
import { defineCode } from "./code-options.js";
import { hadamardCode, hadamardTable, SegmentList } from "./hadamard-table.js";

/** The corners have an order of their own: there is nothing to choose. */
type NoOptions = Record<never, never>;

function polytope(
  name: string,
  matrix: Order,
  { features, classes }: HeadShape,
  segments: SegmentList,
  columns: (() => Int32Array) | null,
): ClassCode {
  return hadamardCode(
    {
      name,
      options: {},
      order: matrix.order,
      initialScale: scaleOf99Percent(classes),
      initialBias: () => new Float32Array(classes),
    },
    () => 1,
    () =>
      hadamardTable(matrix, {
        features,
        classes,
        columns: columns?.() ?? null,
        segments: segments.toTable(),
      }),
  );
}

/** M corners, all pairs of which have the cosine −1/N, N = M − 1: the rows of a Hadamard matrix without their column of ones. */
export const simplex = /* @__PURE__ */ defineCode<NoOptions, NoOptions>(
  "simplex",
  1,
  {},
  ({ features, classes }) => {
    const matrix = knownOrder(features + 1);
    if (matrix === null) {
      const below = orderBelow(features + 1).order - 1;
      const above = orderAbove(features + 1).order - 1;
      throw new RangeError(
        `code "simplex" needs one feature less than the order of a known Hadamard matrix, got ${features} features; ` +
          `the nearest are ${below} and ${above}`,
      );
    }
    if (classes > features + 1) {
      throw new RangeError(
        `code "simplex" has ${features + 1} corners at ${features} features, got ${classes} classes; use ` +
          `${orderAbove(classes).order - 1} features, or code "hadamard"`,
      );
    }
    const segments = new SegmentList();
    segments.add(0, 0, 1, classes);
    const columns = () => Int32Array.from({ length: features }, (_, i) => i + 1);
    return polytope("simplex", matrix, { features, classes }, segments, columns);
  },
);

/** 2N corners, orthogonal or opposite: the rows of a Hadamard matrix, then the same with a minus sign. */
export const orthoplex = /* @__PURE__ */ defineCode<NoOptions, NoOptions>(
  "orthoplex",
  1,
  {},
  ({ features, classes }) => {
    const matrix = knownOrder(features);
    if (matrix === null) {
      throw new RangeError(
        `code "orthoplex" needs the order of a known Hadamard matrix as features, got ${features}; the nearest are ` +
          `${orderBelow(features).order} and ${orderAbove(features).order}`,
      );
    }
    if (classes > 2 * features) {
      throw new RangeError(
        `code "orthoplex" has ${2 * features} corners at ${features} features, got ${classes} classes; use ` +
          `${orderAbove(classes / 2).order} features, or code "hadamard"`,
      );
    }
    const segments = new SegmentList();
    segments.add(0, 0, 1, Math.min(features, classes));
    if (classes > features) segments.add(0, 0, -1, classes - features);
    return polytope("orthoplex", matrix, { features, classes }, segments, null);
  },
);

const CUBE_FEATURES = Math.log2(MAX_ORDER);

/** 2^N corners: class c has the sign (−1)^(bit i of c) in feature i, which is the entry of row c in column 2^i. */
export const cube = /* @__PURE__ */ defineCode<NoOptions, NoOptions>(
  "cube",
  1,
  {},
  ({ features, classes }) => {
    if (features > CUBE_FEATURES) {
      throw new RangeError(
        `code "cube" takes up to ${CUBE_FEATURES} features, got ${features}; its classes differ in one feature only, ` +
          'code "hadamard" keeps them apart',
      );
    }
    if (classes > 2 ** features) {
      throw new RangeError(
        `code "cube" has ${2 ** features} corners at ${features} features, got ${classes} classes; use at least ` +
          `${Math.log2(nextPowerOfTwo(classes))} features`,
      );
    }
    const order = 2 ** features;
    const segments = new SegmentList();
    segments.add(0, 0, 1, classes);
    const columns = () => Int32Array.from({ length: features }, (_, i) => 2 ** i);
    return polytope(
      "cube",
      { order, factorOrder: 1, length: order },
      { features, classes },
      segments,
      columns,
    );
  },
);
