import { status } from "@grpc/grpc-js";
import { beforeAll, expect, test } from "vitest";
import { headOf, rowsOf, serving } from "../support/models.js";
import { clientOf, floatsOf, type Message, type Method, rawRequest, started } from "./support/client.js";
import { DONE, ScriptedInference } from "./support/inference.js";

const head = headOf();
const rows = rowsOf(3, 20);
let call: ReturnType<typeof clientOf>["call"];

beforeAll(async () => {
  const { inference } = await serving({ digits: head });
  call = clientOf((await started(inference)).port).call;
});

test("live, ready and what the server is", async () => {
  expect(await call("ServerLive")).toEqual({ live: true });
  expect(await call("ServerReady")).toEqual({ ready: true });
  expect(await call("ModelReady", { name: "digits" })).toEqual({ ready: true });
  expect(await call("ModelReady", { name: "digits", version: "1" })).toEqual({ ready: true });
  const metadata = await call("ServerMetadata");
  expect(metadata.name).toBe("fixed-classifier");
  expect(metadata.extensions).toContain("classification");
});

test("what a model takes and gives", async () => {
  expect(await call("ModelMetadata", { name: "digits" })).toEqual({
    name: "digits",
    versions: ["1"],
    platform: expect.stringMatching(/fixed.classifier/),
    inputs: [{ name: "features", datatype: "FP32", shape: [-1, 20] }],
    outputs: [
      { name: "logits", datatype: "FP32", shape: [-1, 7] },
      { name: "probabilities", datatype: "FP32", shape: [-1, 7] },
    ],
    properties: {},
  });
});

test("raw contents in, raw contents out: the head's own bits", async () => {
  const answer = await call("ModelInfer", rawRequest(rows, 20, { id: "no. 7 – ✓" }));
  expect(answer).toMatchObject({ model_name: "digits", model_version: "1", id: "no. 7 – ✓" });
  expect(answer.outputs).toMatchObject([
    { name: "logits", datatype: "FP32", shape: [3, 7], contents: null },
    { name: "probabilities", datatype: "FP32", shape: [3, 7], contents: null },
  ]);
  const [logits, probabilities] = answer.raw_output_contents as Buffer[];
  expect(floatsOf(logits)).toEqual(head.forward(rows));
  expect(floatsOf(probabilities)).toEqual(head.probabilities(rows));
});

test("typed contents in, typed contents out", async () => {
  const answer = await call("ModelInfer", typedRequest("FP32", { fp32_contents: [...rows] }));
  expect(answer.raw_output_contents).toEqual([]);
  const [{ contents }] = answer.outputs as { contents: { fp32_contents: number[] } }[];
  expect(Float32Array.from(contents.fp32_contents)).toEqual(head.forward(rows));
});

test("each datatype in its way", async () => {
  const whole = Int8Array.from(rows, (value) => 100 * value);
  const typed: [string, Message, Float32Array][] = [
    ["FP64", { fp64_contents: [...rows] }, head.forward(rows)],
    ["INT8", { int_contents: [...whole] }, head.forward(Float32Array.from(whole))],
  ];
  for (const [datatype, contents, expected] of typed) {
    const answer = await call("ModelInfer", typedRequest(datatype, contents));
    const [output] = answer.outputs as { contents: { fp32_contents: number[] } }[];
    expect(Float32Array.from(output.contents.fp32_contents), datatype).toEqual(expected);
  }
  const halves = Uint16Array.from({ length: 60 }, (_, i) => 0x3c00 + i);
  const raw: [string, ArrayBufferView, Float32Array][] = [
    ["FP64", Float64Array.from(rows), head.forward(rows)],
    ["INT8", whole, head.forward(Float32Array.from(whole))],
    ["FP16", halves, head.forward(halves, { type: "float16" })],
    ["BF16", halves, head.forward(halves, { type: "bfloat16" })],
  ];
  for (const [datatype, { buffer }, expected] of raw) {
    const request = rawRequest(rows, 20, {
      inputs: [{ name: "features", datatype, shape: [3, 20] }],
      raw_input_contents: [Buffer.from(buffer)],
    });
    const answer = await call("ModelInfer", request);
    expect(floatsOf((answer.raw_output_contents as Buffer[])[0]), datatype).toEqual(expected);
  }
});

test("the best classes instead of numbers, raw and typed", async () => {
  const outputs = [{ name: "logits", parameters: { classification: { int64_param: 2 } } }];
  const { classes, scores } = head.topK(rows, 2);
  const lines = Array.from(classes, (c, i) => [c, scores[i]] as const);
  const typed = await call("ModelInfer", typedRequest("FP32", { fp32_contents: [...rows] }, { outputs }));
  expect(typed.outputs).toMatchObject([{ name: "logits", datatype: "BYTES", shape: [3, 2] }]);
  const [{ contents }] = typed.outputs as { contents: { bytes_contents: Buffer[] } }[];
  const texts = contents.bytes_contents.map(String);
  expect(
    texts.map((text) => text.split(":")).map(([score, c]) => [Number(c), Math.fround(Number(score))]),
  ).toEqual(lines);
  const raw = await call("ModelInfer", rawRequest(rows, 20, { outputs }));
  expect(stringsOf((raw.raw_output_contents as Buffer[])[0])).toEqual(texts);
});

test("a request has the trace of its client", async () => {
  const seen: unknown[] = [];
  const inference = new ScriptedInference(({ traceparent, tracestate }) => {
    seen.push(traceparent, tracestate);
    return DONE;
  });
  const traced = clientOf((await started(inference)).port);
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  await traced.call("ModelInfer", {}, { traceparent, tracestate: "a=b" });
  await traced.call("ModelInfer");
  expect(seen).toEqual([traceparent, "a=b", undefined, undefined]);
});

test("zero rows give zero rows", async () => {
  const answer = await call("ModelInfer", rawRequest(new Float32Array(0), 20));
  expect(answer.outputs).toMatchObject([{ shape: [0, 7] }, { shape: [0, 7] }]);
  expect(answer.raw_output_contents).toEqual([Buffer.alloc(0), Buffer.alloc(0)]);
  const inputs = [{ name: "features", datatype: "FP32", shape: [0, 20] }];
  const typed = await call("ModelInfer", { model_name: "digits", inputs });
  expect(typed.outputs).toMatchObject([{ shape: [0, 7] }, { shape: [0, 7] }]);
});

test("infinities and NaN go through as they are", async () => {
  const odd = rows.slice(0, 20);
  odd[4] = Number.NaN;
  const answer = await call("ModelInfer", rawRequest(odd, 20));
  expect(floatsOf((answer.raw_output_contents as Buffer[])[0])).toEqual(head.forward(odd));
});

const input = { name: "features", datatype: "FP32", shape: [3, 20] };
const raw = Buffer.from(rows.buffer);
const wrong: [string, Method, Message, status, RegExp][] = [
  ["whether an unknown model is ready", "ModelReady", { name: "letters" }, status.NOT_FOUND, /"letters"/],
  ["an unknown model", "ModelMetadata", { name: "letters" }, status.NOT_FOUND, /"letters"/],
  ["an unknown version", "ModelMetadata", { name: "digits", version: "9" }, status.NOT_FOUND, /9/],
  ["inference of an unknown model", "ModelInfer", { model_name: "x" }, status.NOT_FOUND, /"x"/],
  ["no input", "ModelInfer", { model_name: "digits" }, status.INVALID_ARGUMENT, /one input, "features"/],
  [
    "raw and typed contents at once",
    "ModelInfer",
    rawRequest(rows, 20, { inputs: [{ ...input, contents: { fp32_contents: [1] } }] }),
    status.INVALID_ARGUMENT,
    /has contents, and the request raw_input_contents/,
  ],
  [
    "raw contents of two inputs",
    "ModelInfer",
    rawRequest(rows, 20, { raw_input_contents: [raw, raw] }),
    status.INVALID_ARGUMENT,
    /2 raw_input_contents for 1 inputs/,
  ],
  [
    "raw contents that are too short",
    "ModelInfer",
    rawRequest(rows, 20, { raw_input_contents: [raw.subarray(1)] }),
    status.INVALID_ARGUMENT,
    /239 bytes/,
  ],
  [
    "typed contents that are too short",
    "ModelInfer",
    typedRequest("FP32", { fp32_contents: [1, 2] }),
    status.INVALID_ARGUMENT,
    /8 bytes/,
  ],
  [
    "contents in the wrong field",
    "ModelInfer",
    typedRequest("FP32", { fp64_contents: [1] }),
    status.INVALID_ARGUMENT,
    /FP32 comes in fp32_contents, not in fp64_contents/,
  ],
  [
    "contents in two fields",
    "ModelInfer",
    typedRequest("FP32", { fp32_contents: [1], int_contents: [1] }),
    status.INVALID_ARGUMENT,
    /in int_contents and in fp32_contents/,
  ],
  [
    "typed FP16",
    "ModelInfer",
    typedRequest("FP16", { fp32_contents: [1] }),
    status.INVALID_ARGUMENT,
    /raw_input_contents only/,
  ],
  [
    "an unknown datatype",
    "ModelInfer",
    typedRequest("FP8", { fp32_contents: [1] }),
    status.INVALID_ARGUMENT,
    /"FP8"/,
  ],
  [
    "an integer out of range",
    "ModelInfer",
    typedRequest("INT8", { int_contents: Array(60).fill(128) }),
    status.INVALID_ARGUMENT,
    /element 0 is 128/,
  ],
  [
    "a negative dimension",
    "ModelInfer",
    rawRequest(rows, 20, { inputs: [{ ...input, shape: [-3, -20] }] }),
    status.INVALID_ARGUMENT,
    /dimension is -3/,
  ],
  [
    "dimensions beyond counting",
    "ModelInfer",
    rawRequest(rows, 20, { inputs: [{ ...input, shape: ["4611686018427387904", 20] }] }),
    status.INVALID_ARGUMENT,
    /dimension|counted/,
  ],
  [
    "an output that is not there",
    "ModelInfer",
    rawRequest(rows, 20, { outputs: [{ name: "x" }] }),
    status.INVALID_ARGUMENT,
    /no output "x"/,
  ],
  [
    "an output twice",
    "ModelInfer",
    rawRequest(rows, 20, { outputs: [{ name: "logits" }, { name: "logits" }] }),
    status.INVALID_ARGUMENT,
    /twice/,
  ],
  [
    "a classification that is text",
    "ModelInfer",
    rawRequest(rows, 20, {
      outputs: [{ name: "logits", parameters: { classification: { string_param: "2" } } }],
    }),
    status.INVALID_ARGUMENT,
    /classification is "2"/,
  ],
  [
    "a classification below 0",
    "ModelInfer",
    rawRequest(rows, 20, {
      outputs: [{ name: "logits", parameters: { classification: { int64_param: -2 } } }],
    }),
    status.INVALID_ARGUMENT,
    /classification is -2/,
  ],
  [
    "shared memory",
    "ModelInfer",
    rawRequest(rows, 20, {
      inputs: [{ ...input, parameters: { shared_memory_region: { string_param: "r" } } }],
    }),
    status.INVALID_ARGUMENT,
    /no shared memory/,
  ],
  [
    "more inputs than anyone has",
    "ModelInfer",
    { model_name: "digits", inputs: Array(1025).fill(input) },
    status.INVALID_ARGUMENT,
    /more than 1024 inputs/,
  ],
];

test.each(wrong)("%s is refused, with a reason", async (_, method, request, code, reason) => {
  await expect(call(method, request)).rejects.toMatchObject({ code, details: expect.stringMatching(reason) });
});

test("a message that is too large is refused, and the connection lives on", async () => {
  await expect(call("ModelInfer", rawRequest(rowsOf(512, 2048), 2048))).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringMatching(/larger than max \(\d+ vs 4194304\)/),
  });
  expect(await call("ServerLive")).toEqual({ live: true });
});

function typedRequest(datatype: string, contents: Message, more: Message = {}): Message {
  return {
    model_name: "digits",
    inputs: [{ name: "features", datatype, shape: [3, 20], contents }],
    ...more,
  };
}

function stringsOf(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at);
    texts.push(bytes.toString("utf8", at + 4, end));
    at = end;
  }
  return texts;
}
