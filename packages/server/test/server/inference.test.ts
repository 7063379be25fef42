import { float16Bits } from "fixed-classifier-models/half";
import { expect, test } from "vitest";
import type { InferRequest, InferResponse, InputTensor } from "../../src/inference/request.js";
import { bytesOf, headOf, rowsOf, serving } from "../support/models.js";

const head = headOf();
const { inference } = await serving({ digits: head });

function inferring(input: Partial<InputTensor>, request: Partial<InferRequest> = {}): InferResponse {
  const whole = {
    name: "features",
    datatype: "FP32",
    shape: [2, 20],
    contents: bytesOf(rowsOf(2, 20)),
    ...input,
  };
  const base = { model: "digits", version: "", inputs: [whole], outputs: [], parameters: {} };
  return inference.infer({ ...base, ...request }) as InferResponse;
}

test("raw float32 gives the bits of the head, for all outputs where none is named", () => {
  const { model, version, outputs } = inferring({});
  expect({ model, version }).toEqual({ model: "digits", version: "1" });
  const x = rowsOf(2, 20);
  expect(outputs).toEqual([
    { name: "logits", datatype: "FP32", shape: [2, 7], contents: head.forward(x) },
    { name: "probabilities", datatype: "FP32", shape: [2, 7], contents: head.probabilities(x) },
  ]);
});

test("bytes at any offset, and numbers, give the same bits", () => {
  const x = rowsOf(2, 20);
  const expected = head.forward(x);
  for (let offset = 0; offset < 8; offset++) {
    const bytes = Buffer.alloc(160 + offset);
    bytes.set(bytesOf(x), offset);
    expect(inferring({ contents: bytes.subarray(offset) }).outputs[0].contents, `${offset}`).toEqual(
      expected,
    );
  }
  expect(inferring({ contents: Array.from(x) }).outputs[0].contents).toEqual(expected);
});

test("other number types mean what the head says they mean", () => {
  const x = rowsOf(2, 20);
  const halves = Uint16Array.from(x, float16Bits);
  const brains = new Uint16Array(x.length).map((_, i) => new Uint32Array(x.buffer)[i] >>> 16);
  const integers = Int8Array.from(x, (value) => Math.round(value * 100));
  const logits = (input: Partial<InputTensor>) => inferring(input).outputs[0].contents;
  expect(logits({ datatype: "FP64", contents: bytesOf(Float64Array.from(x)) })).toEqual(head.forward(x));
  const half = head.forward(halves, { type: "float16" });
  expect(logits({ datatype: "FP16", contents: bytesOf(halves) })).toEqual(half);
  expect(logits({ datatype: "FP16", contents: Array.from(x) })).toEqual(half);
  expect(logits({ datatype: "BF16", contents: bytesOf(brains) })).toEqual(
    head.forward(brains, { type: "bfloat16" }),
  );
  expect(logits({ datatype: "INT8", contents: bytesOf(integers) })).toEqual(head.forward(integers));
});

test("zero rows give zero rows", () => {
  const { outputs } = inferring({ shape: [0, 20], contents: new Uint8Array(0) });
  expect(outputs.map(({ shape }) => shape)).toEqual([
    [0, 7],
    [0, 7],
  ]);
  const best = { name: "logits", classification: 3 };
  expect(inferring({ shape: [0, 20], contents: [] }, { outputs: [best] }).outputs[0]).toMatchObject({
    shape: [0, 3],
    contents: [],
  });
});

test.each<[string, Partial<InputTensor>, RegExp]>([
  ["another name", { name: "x" }, /takes one input, "features"; given: "x"/],
  ["a type that there is not", { datatype: "FP31" }, /"FP31" is none of/],
  [
    "a type that is none for features",
    { datatype: "INT32", contents: bytesOf(new Int32Array(40)) },
    /not as INT32/,
  ],
  ["a negative dimension", { shape: [-1, 20] }, /a dimension is -1/],
  ["half a dimension", { shape: [0.5, 20] }, /a dimension is 0.5/],
  ["dimensions whose product wraps", { shape: [2 ** 45, 2 ** 45, 0] }, /more elements than can be counted/],
  ["one axis", { shape: [40] }, /the shape is \[40\], but the model "digits" takes \[rows, 20\]/],
  ["another width", { shape: [20, 2] }, /takes \[rows, 20\]/],
  [
    "a byte too many",
    { contents: new Uint8Array(161) },
    /161 bytes were given, but 40 elements of FP32 are 160/,
  ],
  ["a row too few", { contents: new Uint8Array(80) }, /80 bytes were given/],
  ["a number too few", { contents: new Array(39).fill(0) }, /39 numbers were given/],
  ["null", { contents: new Array(40).fill(null) as number[] }, /element 0 is null/],
  ["text", { contents: new Array(40).fill("1") as unknown as number[] }, /element 0 is "1"/],
  [
    "a number beyond float32",
    { contents: new Array(40).fill(1e39) },
    /element 0 is 1e\+39, which is no number of FP32/,
  ],
  [
    "a number beyond float16",
    { datatype: "FP16", contents: new Array(40).fill(65520) },
    /element 0 is 65520/,
  ],
  ["a number beyond int8", { datatype: "INT8", contents: new Array(40).fill(128) }, /element 0 is 128/],
  ["a fraction as int8", { datatype: "INT8", contents: new Array(40).fill(0.5) }, /element 0 is 0.5/],
  ["bfloat16 as numbers", { datatype: "BF16", contents: new Array(40).fill(1) }, /comes as raw bytes only/],
])("%s is refused", (_, input, message) => {
  expect(() => inferring(input)).toThrow(
    expect.objectContaining({ failure: "invalid", message: expect.stringMatching(message) }),
  );
});

test("no input and two inputs are refused", () => {
  expect(() => inferring({}, { inputs: [] })).toThrow(/given: none/);
  const input = { name: "features", datatype: "FP32", shape: [0, 20], contents: [] };
  expect(() => inferring({}, { inputs: [input, input] })).toThrow(/given: "features", "features"/);
});

test("outputs that there are not, twice, or with an odd number of classes are refused", () => {
  const asking = (name: string, classification: number) => ({ outputs: [{ name, classification }] });
  expect(() => inferring({}, asking("embeddings", 0))).toThrow(
    /has no output "embeddings", but logits, probabilities/,
  );
  expect(() => inferring({}, asking("logits", -1))).toThrow(/classification is -1/);
  const twice = [...asking("logits", 0).outputs, ...asking("logits", 2).outputs];
  expect(() => inferring({}, { outputs: twice })).toThrow(/"logits" is asked for twice/);
});

test("a model and a version that there are not", () => {
  expect(() => inferring({}, { model: "letters" })).toThrow(/there is no model "letters"; there is digits/);
  expect(() => inferring({}, { version: "2" })).toThrow(/has no version "2", but 1/);
});

test("metadata", () => {
  expect(inference.metadata("digits", "")).toEqual({
    name: "digits",
    versions: ["1"],
    platform: "fixed_classifier_head",
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, 20] }],
    outputs: [
      { name: "logits", datatype: "FP32", shape: [-1, 7] },
      { name: "probabilities", datatype: "FP32", shape: [-1, 7] },
    ],
  });
  expect(inference.isReady).toBe(true);
  expect(inference.isModelReady("digits", "1")).toBe(true);
  expect(() => inference.isModelReady("digits", "3")).toThrow(/has no version "3", but 1/);
});

test("an answer larger than the limit is refused before it is computed, however small its request is", async () => {
  const executed: number[] = [];
  const recorder = {
    queued() {},
    madeFeatures() {},
    executed: (_: unknown, rows: number) => executed.push(rows),
  };
  // Two rows of both outputs.
  const limited = await serving({ digits: head }, { answerBytes: 2 * 2 * 7 * 4, recorder });
  const asking = (rows: number, outputs: InferRequest["outputs"] = []) => {
    const contents = bytesOf(new Int8Array(rows * 20));
    const input = { name: "features", datatype: "INT8", shape: [rows, 20], contents };
    return () =>
      limited.inference.infer({ model: "digits", version: "", inputs: [input], outputs, parameters: {} });
  };
  expect(asking(2)()).toMatchObject({ outputs: [{ shape: [2, 7] }, { shape: [2, 7] }] });
  expect(asking(4, [{ name: "logits", classification: 0 }])()).toMatchObject({
    outputs: [{ shape: [4, 7] }],
  });
  expect(executed).toEqual([2, 4]);
  expect(asking(3)).toThrow(/to 3 rows would have 168 bytes, of 112 at most; send 2 rows at once/);
  expect(asking(3)).toThrow(expect.objectContaining({ failure: "too-large" }));
  expect(asking(1, [{ name: "logits", classification: 1 }])).toThrow(/would have 256 bytes/);
  expect(executed).toEqual([2, 4]);
});
