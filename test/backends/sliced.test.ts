/** `forwardAsync` of backends without threads. */

import { expect, test } from "@jest/globals";
import type { HeadKernels } from "../../lib/backends/backend.js";
import { slicedForward } from "../../lib/backends/sliced.js";

const shape = { features: 512, classes: 1000 };
const ROWS = 64;

/** Kernels that only tell which rows they were given. */
function recorder(onSlice: (rows: number[]) => void): HeadKernels {
  const forward: HeadKernels["forward"] = (x, _, logits) => {
    expect(logits.length / shape.classes).toBe(x.length / shape.features);
    onSlice(Array.from({ length: x.length / shape.features }, (_, r) => x[r * shape.features] as number));
  };
  return { forward } as HeadKernels;
}

const x = new Float32Array(ROWS * shape.features).map((_, i) => Math.floor(i / shape.features));
const logits = new Float32Array(ROWS * shape.classes);
const parameters = { scale: 1, bias: null };

test("every row once and in order, in more than one slice", async () => {
  const slices: number[][] = [];
  await slicedForward(
    recorder((rows) => slices.push(rows)),
    shape,
  )(x, parameters, logits, undefined);
  expect(slices.flat()).toEqual(Array.from({ length: ROWS }, (_, r) => r));
  expect(slices.length).toBeGreaterThan(2);
});

test("other events run between slices", async () => {
  const order: string[] = [];
  const run = slicedForward(
    recorder(() => {
      order.push("slice");
      setImmediate(() => order.push("event"));
    }),
    shape,
  );
  await run(x, parameters, logits, undefined);
  expect(order.slice(0, 4)).toEqual(["slice", "event", "slice", "event"]);
});

test("no slice is started after an abort", async () => {
  const controller = new AbortController();
  let slices = 0;
  const run = slicedForward(
    recorder(() => {
      slices++;
      controller.abort("stop");
    }),
    shape,
  );
  await expect(run(x, parameters, logits, controller.signal)).rejects.toBe("stop");
  expect(slices).toBe(1);
});

test("a head of any size goes forward at least a row at a time", async () => {
  const slices: number[][] = [];
  const large = { features: 2 ** 16, classes: 2 ** 17 };
  const kernels = { forward: (rows: Float32Array) => slices.push([rows.length]) } as unknown as HeadKernels;
  await slicedForward(kernels, large)(new Float32Array(2 * large.features), parameters, logits, undefined);
  expect(slices).toEqual([[large.features], [large.features]]);
});
