import { float16Bits } from "fixed-classifier-models/half";
import { expect, test } from "vitest";
import { bytesOf, headOf, rowsOf } from "../support/models.js";
import { binaryBody, restOver } from "../support/rest.js";

const head = headOf();
const { client } = await restOver({ m: head });
const INFER = "/v2/models/m/infer";
const x = rowsOf(3, 20);
const logits = head.forward(x);

const input = (more: object = {}) => ({ name: "features", datatype: "FP32", shape: [3, 20], ...more });
const json = (more: object = {}, inputMore: object = {}) => ({
  inputs: [input({ data: [...x], ...inputMore })],
  ...more,
});
const singles = (bytes: Uint8Array) => new Float32Array(Uint8Array.from(bytes).buffer);

test("JSON in, JSON out: the bits of the head, all outputs where none is named, the id sent back", async () => {
  const { status, headers, json: answer } = await client.post(INFER, json({ id: 'a"ü' }));
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("application/json");
  expect(answer).toMatchObject({ model_name: "m", model_version: "1", id: 'a"ü' });
  expect(answer.outputs.map(({ name }: { name: string }) => name)).toEqual(["logits", "probabilities"]);
  const [first, second] = answer.outputs;
  expect(first).toMatchObject({ datatype: "FP32", shape: [3, 7] });
  expect(Float32Array.from(first.data)).toEqual(logits);
  expect(Float32Array.from(second.data)).toEqual(head.probabilities(x));
});

test("nested data is flat data, and keys may come in any order", async () => {
  const rows = [0, 1, 2].map((row) => [...x.subarray(row * 20, row * 20 + 20)]);
  const nested = await client.post(INFER, json({ outputs: [{ name: "logits" }] }, { data: rows }));
  expect(Float32Array.from(nested.json.outputs[0].data)).toEqual(logits);
  expect(nested.json.outputs).toHaveLength(1);
  const turned = `{"outputs":[{"name":"logits"}],"inputs":[{"data":[${x}],"shape":[3,20],"datatype":"FP32","name":"features"}]}`;
  expect((await client.post(INFER, turned)).json).toEqual(nested.json);
});

test("bytes in, bytes out, by what each output says or all of them", async () => {
  const inputs = [input({ parameters: { binary_data_size: 240 } })];
  const named = binaryBody(
    { inputs, outputs: [{ name: "logits", parameters: { binary_data: true } }] },
    bytesOf(x),
  );
  const one = await client.post(INFER, named.body, named.headers);
  expect(one.status).toBe(200);
  expect(one.headers["content-type"]).toBe("application/octet-stream");
  expect(one.json.outputs).toEqual([
    { name: "logits", datatype: "FP32", shape: [3, 7], parameters: { binary_data_size: 84 } },
  ]);
  const end = Number(one.headers["inference-header-content-length"]);
  expect(singles(one.body.subarray(end))).toEqual(logits);

  const all = binaryBody({ inputs, parameters: { binary_data_output: true } }, bytesOf(x));
  const both = await client.post(INFER, all.body, all.headers);
  const behind = both.body.subarray(Number(both.headers["inference-header-content-length"]));
  expect(singles(behind.subarray(0, 84))).toEqual(logits);
  expect(singles(behind.subarray(84))).toEqual(head.probabilities(x));

  const mixed = binaryBody(
    {
      inputs,
      outputs: [{ name: "logits", parameters: { binary_data: false } }, { name: "probabilities" }],
      parameters: { binary_data_output: true },
    },
    bytesOf(x),
  );
  const { json: answer, body, headers } = await client.post(INFER, mixed.body, mixed.headers);
  expect(Float32Array.from(answer.outputs[0].data)).toEqual(logits);
  expect(singles(body.subarray(Number(headers["inference-header-content-length"])))).toEqual(
    head.probabilities(x),
  );
});

test("what is remembered of an answer is its form, never its numbers or its rows", async () => {
  const outputs = [{ name: "logits", parameters: { binary_data: true } }];
  const raw = (rows: number) => [input({ shape: [rows, 20], parameters: { binary_data_size: rows * 80 } })];
  for (const [rows, seed] of [
    [3, 1],
    [3, 2],
    [2, 3],
    [3, 1],
  ]) {
    const features = rowsOf(rows, 20, seed);
    const { body, headers } = binaryBody({ inputs: raw(rows), outputs }, bytesOf(features));
    const answer = await client.post(INFER, body, headers);
    expect(answer.json.outputs[0].shape).toEqual([rows, 7]);
    const end = Number(answer.headers["inference-header-content-length"]);
    expect(singles(answer.body.subarray(end))).toEqual(head.forward(features));
  }
});

test("without JSON the body is the only input, and all outputs are bytes", async () => {
  const {
    status,
    json: answer,
    body,
    headers,
  } = await client.post(INFER, bytesOf(x), {
    "inference-header-content-length": "0",
    "content-type": "application/octet-stream",
  });
  expect(status).toBe(200);
  expect(answer.outputs[0]).toMatchObject({ shape: [3, 7], parameters: { binary_data_size: 84 } });
  const end = Number(headers["inference-header-content-length"]);
  expect(singles(body.subarray(end, end + 84))).toEqual(logits);
});

test("classification: value, index and label of the best classes, as strings or as bytes with lengths", async () => {
  const outputs = [{ name: "logits", parameters: { classification: 2 } }];
  const { json: answer } = await client.post(INFER, json({ outputs }));
  const [{ datatype, shape, data }] = answer.outputs;
  expect([datatype, shape]).toEqual(["BYTES", [3, 2]]);
  const { classes, scores } = head.topK(x, 2);
  const parts = data.map((line: string) => line.split(":").map(Number));
  expect(parts.map(([, index]: number[]) => index)).toEqual([...classes]);
  expect(Float32Array.from(parts, ([value]: number[]) => value)).toEqual(scores);

  const binary = [{ name: "logits", parameters: { classification: 2, binary_data: true } }];
  const { body, headers, json: head2 } = await client.post(INFER, json({ outputs: binary }));
  const bytes = body.subarray(Number(headers["inference-header-content-length"]));
  expect(head2.outputs[0].parameters.binary_data_size).toBe(bytes.length);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 4 + bytes.readUInt32LE(at)) {
    lines.push(bytes.toString("utf8", at + 4, at + 4 + bytes.readUInt32LE(at)));
  }
  expect(lines).toEqual(data);
});

test("zero rows give zero rows, in every form", async () => {
  for (const data of [[], null]) {
    const empty = data === null ? { parameters: { binary_data_size: 0 } } : { data };
    const body = JSON.stringify({ inputs: [{ ...input(empty), shape: [0, 20] }] });
    const headers = { "inference-header-content-length": String(body.length) };
    const answer = await client.post(INFER, body, headers);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json.outputs[0]).toEqual({ name: "logits", datatype: "FP32", shape: [0, 7], data: [] });
  }
  const raw = await client.post(INFER, "", { "inference-header-content-length": "0" });
  expect(raw.json.outputs[0]).toMatchObject({ shape: [0, 7], parameters: { binary_data_size: 0 } });
});

test("NaN and infinities: bytes as they are, in JSON strings that are numbers to who reads them", async () => {
  const bad = Float32Array.from(x);
  bad[3] = Number.NaN;
  bad[24] = Number.POSITIVE_INFINITY;
  const outputs = [{ name: "logits" }];
  const inputs = [input({ parameters: { binary_data_size: 240 } })];
  const binary = binaryBody({ inputs, outputs }, bytesOf(bad));
  const { json: answer, text } = await client.post(INFER, binary.body, binary.headers);
  expect(text).not.toMatch(/[^"]NaN/);
  expect(answer.outputs[0].data.slice(0, 7)).toEqual(Array(7).fill("NaN"));
  expect(Float32Array.from(answer.outputs[0].data.map(Number))).toEqual(head.forward(bad));

  const data = [...bad].map((value) => (Number.isFinite(value) ? value : String(value)));
  expect((await client.post(INFER, json({ outputs }, { data }))).json).toEqual(answer);

  const best = [{ name: "logits", parameters: { classification: 7 } }];
  const ranked = binaryBody({ inputs, outputs: best }, bytesOf(bad));
  const { json: ranks, status } = await client.post(INFER, ranked.body, ranked.headers);
  expect(status).toBe(200);
  expect(ranks.outputs[0].data[0]).toMatch(/^NaN:\d/);
});

const small = Float32Array.from({ length: 60 }, (_, i) => ((i * 37) % 101) - 50);
const bits = new Uint32Array(small.buffer);

test.each([
  ["FP16", bytesOf(Uint16Array.from(small, float16Bits))],
  ["BF16", bytesOf(Uint16Array.from(bits, (pattern) => pattern >>> 16))],
  ["FP64", bytesOf(Float64Array.from(small))],
  ["INT8", bytesOf(Int8Array.from(small))],
])("numbers of %s as bytes and as JSON", async (datatype, bytes) => {
  const expected = head.forward(small);
  const inputs = [input({ datatype, parameters: { binary_data_size: bytes.length } })];
  const { body, headers } = binaryBody({ inputs }, bytes);
  const binary = await client.post(INFER, body, headers);
  expect(Float32Array.from(binary.json.outputs[0].data)).toEqual(expected);
  const answer = await client.post(INFER, json({}, { datatype, data: [...small] }));
  if (datatype === "BF16") {
    expect([answer.status, answer.json.error]).toEqual([400, expect.stringContaining("raw bytes only")]);
  } else expect(answer.json).toEqual(binary.json);
});

test("many rows: answers larger than one buffer, as JSON and as bytes", async () => {
  const rows = 40_000;
  const many = rowsOf(rows, 20);
  const expected = head.forward(many);
  const inputs = [input({ shape: [rows, 20], parameters: { binary_data_size: many.byteLength } })];
  const outputs = (isBinary: boolean) => [{ name: "logits", parameters: { binary_data: isBinary } }];
  const bytes = binaryBody({ inputs, outputs: outputs(true) }, bytesOf(many));
  const binary = await client.post(INFER, bytes.body, bytes.headers);
  const end = Number(binary.headers["inference-header-content-length"]);
  expect(binary.body.subarray(end).equals(bytesOf(expected))).toBe(true);
  const text = binaryBody({ inputs, outputs: outputs(false) }, bytesOf(many));
  const { json: answer } = await client.post(INFER, text.body, text.headers);
  expect(Buffer.from(bytesOf(Float32Array.from(answer.outputs[0].data))).equals(bytesOf(expected))).toBe(
    true,
  );
});
