import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.js";
import { createHead } from "../../src/heads/index.js";
import { Random } from "../../src/random.js";

const [ROWS, FEATURES, CLASSES] = [6, 16, 5];
const features = new Random(1).normals(ROWS * FEATURES);
const labels = Int32Array.from({ length: ROWS }, (_, r) => r % CLASSES);

/** Of the mean cross-entropy by the logits. */
function seedOf(logits: Float32Array): Float32Array {
  const seed = new Float32Array(logits.length);
  for (let r = 0; r < ROWS; r++) {
    const row = logits.subarray(r * CLASSES, (r + 1) * CLASSES);
    const sum = row.reduce((total, z) => total + Math.exp(z), 0);
    row.forEach((z, c) => {
      seed[r * CLASSES + c] = (Math.exp(z) / sum - (c === labels[r] ? 1 : 0)) / ROWS;
    });
  }
  return seed;
}

test.each(["learned", "cosine", "hadamard", "simplex", "product:4", "blended:4", "frozen:4"])(
  "%s: from the gradient of the cross-entropy by logits come the gradients of a step",
  async (name) => {
    const head = await createHead(
      name,
      { features: FEATURES, classes: CLASSES, rows: ROWS },
      3,
      await createEngine(),
    );
    for (const { name, value } of head.parameters)
      if (name === "head.bias") value.set(new Random(2).normals(CLASSES));
    const { gradient } = await head.step(features, labels);
    const expected = [gradient, ...head.parameters.map((one) => one.gradient)].map((one) => one.slice());
    for (const { gradient } of head.parameters) gradient.fill(7);
    const found = await head.backward(features, seedOf((await head.logits(features)).slice()));
    [found, ...head.parameters.map((one) => one.gradient)].forEach((one, k) => {
      const largest = expected[k].reduce((most, g) => Math.max(most, Math.abs(g)), 0);
      expect(largest).toBeGreaterThan(0);
      expect(one.length).toBe(expected[k].length);
      one.forEach((g, i) => {
        expect(Math.abs(g - expected[k][i])).toBeLessThan(1e-5 * Math.max(1, largest));
      });
    });
    await head.release();
  },
);
