import { describe, expect, test } from "vitest";
import { Scorer } from "../../src/metrics/scorer.js";
import { Random } from "../../src/random.js";

/** As the definitions say it, a row at a time, without care for overflow. */
function plain(logits: readonly number[], label: number, temperature: number) {
  const powers = logits.map((logit) => Math.exp(logit / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  const ranked = logits.map((logit, k) => ({ logit, k })).sort((a, b) => b.logit - a.logit || a.k - b.k);
  return {
    predicted: ranked[0].k,
    inTop5: ranked.slice(0, 5).some(({ k }) => k === label) ? 1 : 0,
    confidence: Math.max(...powers) / sum,
    logProbability: Math.log(powers[label] / sum),
    energy: -temperature * Math.log(sum),
  };
}

function made(rows: number, classes: number, seed: number) {
  const random = new Random(seed);
  // Halves, so that ties are many.
  const logits = random.normals(rows * classes, 4).map((value) => Math.round(value) / 2);
  const labels = Int32Array.from({ length: rows }, () => random.integer(classes));
  return { logits, labels };
}

describe("Scorer", () => {
  test.each([1, 0.5, 3])("keeps of each row what the definitions say, at temperature %d", (temperature) => {
    const classes = 12;
    const { logits, labels } = made(3000, classes, 1);
    const scorer = new Scorer(classes, temperature);
    scorer.add(logits, labels);
    let right = 0;
    let nll = 0;
    for (const [row, label] of labels.entries()) {
      const expected = plain(
        Array.from(logits.subarray(row * classes, (row + 1) * classes)),
        label,
        temperature,
      );
      expect(scorer.scores.predicted[row]).toBe(expected.predicted);
      expect(scorer.scores.inTop5[row]).toBe(expected.inTop5);
      expect(scorer.scores.confidence[row]).toBeCloseTo(expected.confidence, 13);
      expect(scorer.scores.logProbability[row]).toBeCloseTo(expected.logProbability, 12);
      expect(scorer.scores.energy[row]).toBeCloseTo(expected.energy, 12);
      if (expected.predicted === label) right++;
      nll -= expected.logProbability;
    }
    expect(scorer.summary.accuracy).toBe(right / 3000);
    expect(scorer.summary.nll).toBeCloseTo(nll / 3000, 12);
  });

  test("gives the same bits however rows are cut into batches", () => {
    const { logits, labels } = made(2500, 7, 2);
    const whole = new Scorer(7);
    whole.add(logits, labels);
    const pieces = new Scorer(7);
    for (let start = 0; start < 2500; start += 333) {
      const end = Math.min(2500, start + 333);
      pieces.add(logits.subarray(start * 7, end * 7), labels.subarray(start, end));
    }
    expect(pieces.rows).toBe(2500);
    expect(pieces.summary).toEqual(whole.summary);
    expect(pieces.scores).toEqual(whole.scores);
  });

  test("takes logits that overflow, and a class ruled out", () => {
    const scorer = new Scorer(3);
    scorer.add(Float32Array.of(1e30, 0, Number.NEGATIVE_INFINITY), [0]);
    expect(scorer.summary).toEqual({ accuracy: 1, nll: 0 });
    scorer.add(Float32Array.of(-200, 0, 0), [0]);
    expect(scorer.scores.logProbability[1]).toBeCloseTo(-200 - Math.LN2, 12);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("shows a logit of %d in the NLL", (bad) => {
    const scorer = new Scorer(2);
    scorer.add(Float32Array.of(0, 1, 0, bad), [0, 0]);
    expect(scorer.summary.nll).toBeNaN();
  });

  test("refuses what does not fit", () => {
    const scorer = new Scorer(3);
    expect(() => scorer.add(new Float32Array(5), [0, 1])).toThrow("2 labels with 5 logits of 3 classes");
    expect(() => scorer.add(new Float32Array(3), [3])).toThrow("label 3 is none of 3 classes");
    expect(() => scorer.add(new Float32Array(3), [-1])).toThrow("label -1 is none of 3 classes");
    expect(() => new Scorer(3, 0)).toThrow("above 0");
  });
});
