import { FixedClassifier } from "fixed-classifier";
import { expect, test } from "vitest";
import { energies, energyGradient, logMaxSoftmax } from "../../../src/methods/energy/scores.js";
import { Random } from "../../../src/random.js";

const CLASSES = 5;
const logits = new Random(3).normals(8 * CLASSES, 4);
const rows = Array.from({ length: 8 }, (_, r) => [...logits.subarray(r * CLASSES, (r + 1) * CLASSES)]);

test.each([1, 2.5, 0.25])("energies at temperature %d are those of the definition", (temperature) => {
  const found = energies(logits, CLASSES, temperature);
  rows.forEach((z, r) => {
    const sum = z.reduce((s, value) => s + Math.exp(value / temperature), 0);
    expect(found[r]).toBeCloseTo(-temperature * Math.log(sum), 10);
  });
});

test("energies are those that a fixed head computes", () => {
  const head = new FixedClassifier({ features: 32, classes: CLASSES, scale: 7 });
  const x = new Random(4).normals(6 * 32);
  const own = head.energy(x, { temperature: 2 });
  energies(head.forward(x), CLASSES, 2).forEach((energy, r) => {
    expect(energy).toBeCloseTo(own[r], 4);
  });
});

test("the largest probability keeps its order where it is 1 for every float", () => {
  const found = logMaxSoftmax(logits, CLASSES);
  rows.forEach((z, r) => {
    const sum = z.reduce((s, value) => s + Math.exp(value), 0);
    expect(found[r]).toBeCloseTo(Math.log(Math.exp(Math.max(...z)) / sum), 10);
  });
  const [sure, surer] = logMaxSoftmax(Float32Array.of(50, 0, 60, 0), 2);
  expect(surer).toBeGreaterThan(sure);
  expect([...energies(Float32Array.of(300, -300, -1e4, -1e4), 2)]).toEqual([-300, 1e4 - Math.LN2]);
});

test("the gradient by logits agrees with differences", () => {
  const weights = new Random(5).normals(8);
  for (const temperature of [1, 3]) {
    const gradient = energyGradient(logits, CLASSES, weights, temperature);
    logits.forEach((z, i) => {
      const moved = (by: number) => {
        const at = logits.slice();
        at[i] = z + by;
        const r = Math.floor(i / CLASSES);
        return { at: at[i], energy: energies(at, CLASSES, temperature)[r] * weights[r] };
      };
      const [up, down] = [moved(1e-2), moved(-1e-2)];
      expect(gradient[i]).toBeCloseTo((up.energy - down.energy) / (up.at - down.at), 4);
    });
  }
});
