/** Classes with places of their own: the kernels' results for the same table without places, brought into the order of the classes. */

import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { HadamardTable } from "../../lib/table.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { compareHeads } from "../support/compare-heads.js";
import { crossEntropyOf } from "../support/losses.js";
import { floats, generator, KINDS, labels } from "../support/random.js";
import type { HeadInput } from "../support/run-head.js";
import { randomTable, shuffled } from "../support/tables.js";

const table = fc
  .record({
    features: fc.integer({ min: 1, max: 200 }),
    blocks: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
  })
  .map(({ features, blocks, seed }): HadamardTable => {
    const plain = randomTable({ features, length: 2 ** Math.ceil(Math.log2(features)), blocks, seed });
    return { ...plain, places: shuffled(plain.classes, generator(seed)) };
  });

const input: fc.Arbitrary<HeadInput> = fc.record({
  table,
  rows: fc.constantFrom(1, 2, 5, 33),
  kind: fc.constantFrom(...KINDS),
  scale: fc.constantFrom(7, -0.5, 0),
  bias: fc.option(fc.constantFrom(...KINDS)),
  gradient: fc.constantFrom(...KINDS),
  k: fc.constantFrom(1, 2, 5, 64),
  labelSmoothing: fc.constantFrom(0, 0.1),
  rowWeight: fc.constantFrom(1, 1 / 3),
  offset: fc.integer({ min: 0, max: 5 }),
  seed: fc.nat(),
});

test("every backend gives the same bits, at any shape, offset and values", () => {
  fc.assert(fc.property(input, compareHeads), { numRuns: 60, interruptAfterTimeLimit: 15_000 });
});

/** values[r][place of c] at [r][c]. */
const byClass = (values: Float32Array, places: Int32Array): Float32Array => {
  const width = places.length;
  return values.map((_, i) => values[i - (i % width) + (places[i % width] as number)] as number);
};

/** values[r][c] at [r][place of c]. */
const byPlace = (values: Float32Array, places: Int32Array): Float32Array => {
  const width = places.length;
  const out = new Float32Array(values.length);
  values.forEach((value, i) => {
    out[i - (i % width) + (places[i % width] as number)] = value;
  });
  return out;
};

onEachBackend((backend) => {
  const plain = randomTable({ features: 20, length: 32, blocks: 2, seed: 5 });
  const { features, classes } = plain;
  const places = shuffled(classes, generator(6));
  const rows = 35;
  const x = floats(rows * features, 1);
  const bias = floats(classes, 2);
  const kernels = backend.head(plain);
  const placed = backend.head({ ...plain, places });
  const parameters = { scale: 7, bias };
  const atPlaces = { scale: 7, bias: byPlace(bias, places) };
  const buffers = () => ({
    features: new Float32Array(rows * features),
    scale: new Float32Array(rows),
    bias: new Float32Array(classes),
    weights: null,
  });

  test("logits and probabilities, of all classes and of some", () => {
    for (const operation of ["forward", "probabilities"] as const) {
      const expected = new Float32Array(rows * classes);
      kernels[operation](x, atPlaces, expected);
      const got = new Float32Array(rows * classes);
      placed[operation](x, parameters, got);
      expectSameBits(got, byClass(expected, places), operation);
    }
    const chosen = Int32Array.of(3, 0, classes - 1);
    const expected = new Float32Array(rows * 3);
    kernels.chosenProbabilities(
      x,
      atPlaces,
      chosen.map((c) => places[c] as number),
      expected,
    );
    const got = new Float32Array(rows * 3);
    placed.chosenProbabilities(x, parameters, chosen, got);
    expectSameBits(got, expected);
  });

  test("without a bias", () => {
    const expected = new Float32Array(rows * classes);
    kernels.forward(x, { scale: 3, bias: null }, expected);
    const got = new Float32Array(rows * classes);
    placed.forward(x, { scale: 3, bias: null }, got);
    expectSameBits(got, byClass(expected, places));
  });

  test("the best k, ties to the lowest class wherever they are cut", () => {
    const logits = new Float32Array(rows * classes);
    // Integers and no scale: a great many ties. A scale of 0: all tie.
    const ties = floats(rows * features, 3, "integers");
    for (const [values, scale] of [
      [x, 7],
      [ties, 1],
      [ties, 0],
      [floats(rows * features, 4, "special"), 1],
    ] as const) {
      placed.forward(values, { scale, bias: null }, logits);
      for (const k of [1, 2, 7, classes - 1, classes]) {
        const best = new Int32Array(rows * k);
        const scores = new Float32Array(rows * k);
        placed.topK(values, { scale, bias: null }, k, best, scores);
        for (let r = 0; r < rows; r++) {
          const z = logits.subarray(r * classes, (r + 1) * classes);
          const order = [...z.keys()].sort((a, b) => {
            const [p, q] = [z[a] as number, z[b] as number];
            if (Number.isNaN(p) || Number.isNaN(q))
              return Number(Number.isNaN(p)) - Number(Number.isNaN(q)) || a - b;
            return q - p || a - b;
          });
          const expected = order.slice(0, k);
          expect([...best.subarray(r * k, (r + 1) * k)]).toEqual(expected);
          expectSameBits(
            scores.slice(r * k, (r + 1) * k),
            Float32Array.from(expected, (c) => z[c] as number),
          );
        }
      }
    }
  });

  test("gradients and losses", () => {
    const gradLogits = floats(rows * classes, 7);
    const expected = buffers();
    kernels.backward(x, atPlaces, byPlace(gradLogits, places), expected);
    const got = buffers();
    placed.backward(x, parameters, gradLogits, got);
    const y = labels(rows, classes, 8);
    const losses = [new Float32Array(rows), new Float32Array(rows)] as const;
    const lossExpected = buffers();
    const loss = { labelSmoothing: 0.1, rowWeights: 1 / rows };
    const normalised = true;
    kernels.lossAndGradient(
      x,
      { ...atPlaces, normalised },
      crossEntropyOf(
        y.map((c) => places[c] as number),
        loss,
      ),
      losses[0],
      lossExpected,
    );
    const lossGot = buffers();
    placed.lossAndGradient(x, { ...parameters, normalised }, crossEntropyOf(y, loss), losses[1], lossGot);
    expectSameBits(losses[1], losses[0]);
    for (const [a, b] of [
      [got, expected],
      [lossGot, lossExpected],
    ] as const) {
      expectSameBits(a.features, b.features);
      expectSameBits(a.scale, b.scale);
      expectSameBits(a.bias, byClass(b.bias, places));
    }
  });

  test("on another thread, where the backend has threads", async () => {
    const expected = new Float32Array(rows * classes);
    placed.forward(x, parameters, expected);
    const got = new Float32Array(rows * classes);
    await placed.forwardAsync?.(x, parameters, got, undefined);
    if (placed.forwardAsync) expectSameBits(got, expected);
    expect(placed.forwardAsync === undefined).toBe(kernels.forwardAsync === undefined);
  });
});
