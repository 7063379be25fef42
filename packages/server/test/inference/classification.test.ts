import fc from "fast-check";
import { expect, test } from "vitest";
import { classification } from "../../src/inference/classification.js";
import { floatTexts } from "../../src/inference/floats.js";
import { wantsOf } from "../../src/inference/outputs.js";
import { bytesOf, headOf, rowsOf, serving } from "../support/models.js";

const decimal = (value: number): string => floatTexts(Float32Array.of(value))[0];

test("any float32 is written so that it is read again, in nine digits at most", () => {
  fc.assert(
    fc.property(fc.float(), (value) => {
      const text = decimal(value);
      expect(Math.fround(Number(text))).toBe(value === 0 ? Number(text) : value);
      expect(text.replace(/e.*|[-.]/g, "").replace(/^0+|0+$/g, "").length).toBeLessThanOrEqual(9);
    }),
  );
  expect(
    [0.1, 16777216, 1e-45, -2.5, Number.NaN, Number.NEGATIVE_INFINITY].map(Math.fround).map(decimal),
  ).toEqual(["0.1", "16777216.0", "1e-45", "-2.5", "NaN", "-Infinity"]);
});

test("a class without a label has none", () => {
  expect(classification(Float32Array.of(1.5, 0.25), Int32Array.of(2, 0), ["a", "b", ""])).toEqual([
    "1.5:2",
    "0.25:0:a",
  ]);
  expect(classification(Float32Array.of(1.5), Int32Array.of(2), [])).toEqual(["1.5:2"]);
});

test("the best classes by logits and by probabilities, rows that are not numbers with their values last", async () => {
  const head = headOf();
  const { inference, models } = await serving({ digits: head });
  const x = rowsOf(2, 20);
  x[25] = Number.NaN;
  const asking = (name: string, k: number) =>
    inference.infer({
      model: "digits",
      version: "",
      inputs: [{ name: "features", datatype: "FP32", shape: [2, 20], contents: bytesOf(x) }],
      outputs: [{ name, classification: k }],
      parameters: {},
    }) as unknown as { outputs: { shape: number[]; contents: string[] }[] };
  const { classes, scores } = head.topK(x, 3);
  const [best] = asking("logits", 3).outputs;
  expect(best).toMatchObject({ datatype: "BYTES", shape: [2, 3] });
  expect(best.contents).toEqual(Array.from(classes, (c, i) => `${decimal(scores[i])}:${c}`));
  expect(best.contents[3]).toMatch(/^NaN:/);
  const p = head.probabilities(x);
  const [likely] = asking("probabilities", 3).outputs;
  expect(likely.contents).toEqual(
    Array.from(classes, (c, i) => `${decimal(p[7 * Math.floor(i / 3) + c])}:${c}`),
  );
  expect(asking("logits", 1e9).outputs[0].shape).toEqual([2, 7]);
  expect(wantsOf(models.find("digits", ""), [{ name: "logits", classification: 1e9 }])).toEqual([
    { of: "logits", k: 7 },
  ]);
});
