import fc from "fast-check";
import { expect, test } from "vitest";
import { InferenceError } from "../../src/inference/errors.js";
import type { InferRequest, InferResponse } from "../../src/inference/request.js";
import { areSameBits, bytesOf, headOf, rowsOf, serving } from "../support/models.js";

const head = headOf();
const { inference } = await serving({ digits: head });

const sizes = fc.oneof(
  fc.constantFrom(0, 1, 2, 20, -1, 0.5, Number.NaN, 2 ** 31, 2 ** 53, 2 ** 60, Number.POSITIVE_INFINITY),
  fc.integer(),
);
const contents = fc.oneof(
  fc.nat(200).map((length) => new Uint8Array(length)),
  fc.constantFrom(0, 1, 2, 3).map((rows) => bytesOf(rowsOf(rows, 20))),
  fc.array(fc.oneof(fc.double(), fc.constantFrom(null, "1", true, undefined, {}, [1])), { maxLength: 41 }),
  fc.array(fc.double(), { minLength: 20, maxLength: 20 }),
);
/** As it should be, but for one time in eight. */
const mostly = <T>(right: T, ...wrong: T[]) =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: fc.constantFrom(...wrong) });

const right = fc.nat(3).map((rows) => {
  return { name: "features", datatype: "FP32", shape: [rows, 20], contents: bytesOf(rowsOf(rows, 20)) };
});
const input = fc.record({
  name: mostly("features", "x", "", "__proto__"),
  datatype: mostly("FP32", "FP64", "FP16", "BF16", "INT8", "INT64", "BYTES", "toString", ""),
  shape: fc.oneof(fc.constantFrom([1, 20], [2, 20], [0, 20]), fc.array(sizes, { maxLength: 4 })),
  contents,
});
const output = fc.record({
  name: fc.oneof(fc.constantFrom("logits", "probabilities"), fc.constantFrom("logits ", "constructor")),
  classification: mostly(0, 1, 3, 7, 8, -1, 0.5, Number.NaN, 2 ** 60),
});
const requests = fc.record({
  model: mostly("digits", "__proto__", ""),
  version: mostly("", "1", "01", "2", "constructor"),
  inputs: fc.oneof(fc.tuple(right), fc.tuple(input), fc.array(fc.oneof(right, input), { maxLength: 3 })),
  outputs: fc.oneof(fc.array(output, { maxLength: 1 }), fc.array(output, { maxLength: 3 })),
  parameters: fc.constant({}),
});

test("any request is answered with its shapes, or refused as the client's fault", () => {
  let answered = 0;
  fc.assert(
    fc.property(requests, (given) => {
      const request = given as unknown as InferRequest;
      let response: InferResponse;
      try {
        response = inference.infer(request) as InferResponse;
      } catch (error) {
        expect(error).toBeInstanceOf(InferenceError);
        expect(["invalid", "not-found"]).toContain((error as InferenceError).failure);
        return;
      }
      answered++;
      const rows = request.inputs[0].shape[0];
      for (const { datatype, shape, contents } of response.outputs) {
        expect(shape[0]).toBe(rows);
        expect(contents.length).toBe(shape[0] * shape[1]);
        expect(datatype).toBe(contents instanceof Float32Array ? "FP32" : "BYTES");
      }
    }),
    { numRuns: 3000 },
  );
  expect(answered).toBeGreaterThan(100);
});

test("whatever 80 bytes are, they are one row, and have the bits of the head", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 80, maxLength: 80 }), fc.nat(7), (bytes, offset) => {
      const body = Buffer.alloc(80 + offset);
      body.set(bytes, offset);
      const features = {
        name: "features",
        datatype: "FP32",
        shape: [1, 20],
        contents: body.subarray(offset),
      };
      const { outputs } = inference.infer({
        ...{ model: "digits", version: "", inputs: [features], outputs: [], parameters: {} },
      }) as InferResponse;
      const x = new Float32Array(Uint8Array.from(bytes).buffer);
      const values = outputs.map(({ contents }) => ({ values: contents as Float32Array }));
      const direct = [{ values: head.forward(x) }, { values: head.probabilities(x) }];
      expect(areSameBits(values, direct)).toBe(true);
    }),
  );
});
