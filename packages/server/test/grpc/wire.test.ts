import fc from "fast-check";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { PROTO } from "../../src/grpc/protocol.js";
import { decodeRequest } from "../../src/grpc/request.js";
import { encodeResponse } from "../../src/grpc/response.js";
import { InferenceError } from "../../src/inference/errors.js";

// protobuf.js reads and writes by the .proto; what is kept by hand must agree with it.
const root = new protobuf.Root().loadSync(PROTO, { keepCase: true });
const Request = root.lookupType("inference.ModelInferRequest");
const Response = root.lookupType("inference.ModelInferResponse");

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const parameter = fc.oneof(
  fc.boolean().map((bool_param) => ({ sent: { bool_param }, read: bool_param as unknown })),
  fc.maxSafeInteger().map((int64_param) => ({ sent: { int64_param }, read: int64_param })),
  text.map((string_param) => ({ sent: { string_param }, read: string_param })),
  fc.double().map((double_param) => ({ sent: { double_param }, read: double_param })),
  fc.maxSafeNat().map((uint64_param) => ({ sent: { uint64_param }, read: uint64_param })),
);
const parameters = fc.dictionary(fc.oneof(text, fc.constantFrom("__proto__", "constructor")), parameter, {
  maxKeys: 4,
});
const shape = fc.array(fc.maxSafeInteger(), { maxLength: 4 });
const typed = fc.oneof(
  fc.array(fc.boolean()).map((list) => ["BOOL", { bool_contents: list }, list.map(Number)] as const),
  fc.array(fc.integer()).map((list) => ["INT8", { int_contents: list }, list] as const),
  fc.array(fc.maxSafeInteger()).map((list) => ["INT64", { int64_contents: list }, list] as const),
  fc.array(fc.nat()).map((list) => ["UINT8", { uint_contents: list }, list] as const),
  fc.array(fc.maxSafeNat()).map((list) => ["UINT64", { uint64_contents: list }, list] as const),
  fc.float32Array().map((list) => ["FP32", { fp32_contents: [...list] }, list] as const),
  fc.float64Array().map((list) => ["FP64", { fp64_contents: [...list] }, list] as const),
);

const sent = (map: Record<string, { sent: object }>) =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, value.sent]));
const read = (map: Record<string, { read: unknown }>) =>
  Object.entries(map).map(([name, value]) => [name, value.read]);

test("requests are read as the .proto says, with typed contents", () => {
  fc.assert(
    fc.property(
      text,
      text,
      text,
      parameters,
      fc.array(fc.record({ name: text, shape, typed }), { maxLength: 3 }),
      fc.array(fc.record({ name: text, k: fc.nat() }), { maxLength: 3 }),
      (model_name, model_version, id, given, inputs, outputs) => {
        const message = Request.encode(
          Request.fromObject({
            model_name,
            model_version,
            id,
            parameters: sent(given),
            inputs: inputs.map(({ name, shape, typed: [datatype, contents] }) => ({
              name,
              datatype,
              shape,
              contents,
            })),
            outputs: outputs.map(({ name, k }) => ({
              name,
              parameters: { classification: { int64_param: k } },
            })),
          }),
        ).finish();
        const decoded = decodeRequest(message);
        expect(decoded).toMatchObject({ model: model_name, version: model_version, id, isRaw: false });
        expect(new Map(Object.entries(decoded.parameters))).toEqual(
          new Map(read(given) as [string, never][]),
        );
        expect(decoded.outputs).toEqual(outputs.map(({ name, k }) => ({ name, classification: k })));
        decoded.inputs.forEach(({ name, datatype, shape, contents }, i) => {
          const [type, , elements] = inputs[i].typed;
          expect({ name, datatype, shape }).toEqual({
            name: inputs[i].name,
            datatype: type,
            shape: inputs[i].shape,
          });
          expect(numbersOf(datatype, contents)).toEqual([...elements]);
        });
      },
    ),
  );
});

test("raw contents are read without a copy", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array(), { minLength: 1, maxLength: 4 }), (raw) => {
      const inputs = raw.map((_, i) => ({ name: `${i}`, datatype: "FP32" }));
      const message = Request.encode(Request.fromObject({ inputs, raw_input_contents: raw })).finish();
      const decoded = decodeRequest(message);
      expect(decoded.isRaw).toBe(true);
      expect(decoded.inputs.map(({ contents }) => Uint8Array.from(contents))).toEqual(raw);
      for (const { contents } of decoded.inputs) {
        if (contents.length > 0) expect((contents as Uint8Array).buffer).toBe(message.buffer);
      }
    }),
  );
});

test("lists may come one by one, in parts, and between other fields", () => {
  const writer = protobuf.Writer.create();
  writer.uint32(0x2a).fork();
  writer.uint32(0x12).string("FP32");
  writer.uint32(0x18).int64(2);
  writer.uint32(0x2a).fork().uint32(0x35).float(1).uint32(0x32).bytes(bytes(2, 3)).ldelim();
  writer.uint32(0x18).int64(-1);
  // A field from a later version of the protocol, and a group, which no version has had.
  writer
    .uint32((99 << 3) | 2)
    .string("new")
    .uint32((98 << 3) | 3)
    .uint32((98 << 3) | 4);
  writer.uint32(0x2a).fork().uint32(0x35).float(4).uint32(0x32).bytes(bytes(5)).ldelim();
  writer.ldelim();
  const { inputs } = decodeRequest(writer.finish());
  expect(inputs[0].shape).toEqual([2, -1]);
  expect(numbersOf("FP32", inputs[0].contents)).toEqual([1, 2, 3, 4, 5]);
});

test("many elements one by one take no more than their time", () => {
  const writer = protobuf.Writer.create();
  writer.uint32(0x2a).fork().uint32(0x12).string("INT8").uint32(0x2a).fork();
  for (let i = 0; i < 300_000; i++) writer.uint32(0x10).int32(i % 100);
  const message = writer.ldelim().ldelim().finish();
  const [{ contents }] = decodeRequest(message).inputs;
  expect(contents.length).toBe(300_000);
  expect(contents[299_999]).toBe(99);
});

test.each([
  ["what ends within a length", [0x0a]],
  ["what ends within a string", [0x0a, 5, 0x61]],
  ["what ends within an input", [0x2a, 3, 0x0a, 5, 0x61]],
  ["a string that is longer than its input", [0x2a, 2, 0x0a, 5, 1, 1, 1, 1, 1, 1]],
  ["a string that is no UTF-8", [0x0a, 2, 0xc3, 0x28]],
  ["a field without a number", [0x02, 0]],
  ["a wire type that there is not", [0x0f]],
  ["a group without an end", [0x0b]],
  ["a length beyond everything", [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
  ["half an element", [0x2a, 5, 0x2a, 3, 0x32, 1, 0]],
])("%s is the client's fault", (_, message) => {
  const attempt = () => decodeRequest(Buffer.from(message));
  expect(attempt).toThrow(/the message is no ModelInferRequest/);
  expect(attempt).toThrow(InferenceError);
});

test("whatever becomes of a request on its way, it is read or it is the client's fault", () => {
  const whole = Request.encode(
    Request.fromObject({
      model_name: "m",
      id: "7",
      parameters: { a: { string_param: "b" }, c: { int64_param: -1 } },
      inputs: [
        { name: "x", datatype: "FP32", shape: [1, 2], contents: { fp32_contents: [1, 2] } },
        { name: "y", datatype: "INT8", shape: [2], contents: { int_contents: [1, -1] } },
      ],
      outputs: [{ name: "z", parameters: { classification: { int64_param: 3 } } }],
    }),
  ).finish();
  const at = fc.nat(whole.length - 1);
  const changes = fc.array(fc.tuple(at, fc.nat(3), fc.uint8Array({ maxLength: 12 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(changes, (list) => {
      let message = Buffer.from(whole);
      for (const [from, removed, added] of list) {
        message = Buffer.concat([message.subarray(0, from), added, message.subarray(from + removed)]);
      }
      try {
        for (const { contents } of decodeRequest(message).inputs) expect(contents.length).toBeLessThan(200);
      } catch (error) {
        expect(error).toBeInstanceOf(InferenceError);
        expect((error as InferenceError).failure).toBe("invalid");
      }
    }),
    { numRuns: 2_000 },
  );
});

test("groups nested without end are refused, not followed", () => {
  expect(() => decodeRequest(Buffer.alloc(1_000_000, 0x0b))).toThrow(InferenceError);
});

test("more of anything than a request has is refused before it fills the memory", () => {
  const entry = (tag: number, ...inner: number[]) => [tag, inner.length, ...inner];
  const times = (count: number, part: number[]) => Buffer.concat(Array(count).fill(Buffer.from(part)));
  expect(() => decodeRequest(times(1025, entry(0x2a)))).toThrow(/1024 inputs/);
  expect(() => decodeRequest(times(1025, entry(0x32)))).toThrow(/1024 outputs/);
  expect(() => decodeRequest(times(1025, entry(0x3a)))).toThrow(/1024 raw contents/);
  expect(() => decodeRequest(times(1025, entry(0x22)))).toThrow(/1024 parameters/);
  expect(() => decodeRequest(times(1025, entry(0x32, ...entry(0x12))))).toThrow(/1024 (outputs|parameters)/);
  const dimensions = Buffer.concat([Buffer.from([0x2a, 0x82, 0x10]), times(1025, [0x18, 1])]);
  expect(() => decodeRequest(dimensions)).toThrow(/1024 dimensions/);
});

test("answers are written as the .proto says", () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      text,
      fc.array(
        fc.record({
          name: text,
          shape: fc.array(fc.maxSafeNat(), { maxLength: 4 }),
          contents: fc.oneof(
            fc.float32Array(),
            fc.float32Array({ minLength: 9_000, maxLength: 20_000 }),
            fc.array(text),
          ),
        }),
        { maxLength: 3 },
      ),
      (isRaw, id, outputs) => {
        const tensors = outputs.map(({ name, shape, contents }) => ({
          name,
          shape,
          contents,
          datatype: contents instanceof Float32Array ? ("FP32" as const) : ("BYTES" as const),
        }));
        const bytes = encodeResponse({ model: "m", version: "3", outputs: tensors }, id, isRaw);
        const answer = Response.toObject(Response.decode(bytes), {
          longs: Number,
          arrays: true,
          defaults: true,
        });
        expect(answer).toMatchObject({ model_name: "m", model_version: "3", id });
        expect(answer.raw_output_contents).toHaveLength(isRaw ? outputs.length : 0);
        answer.outputs.forEach((output: Record<string, unknown>, i: number) => {
          const { name, shape, datatype, contents } = tensors[i];
          expect(output).toMatchObject({ name, shape, datatype });
          expect(isRaw ? rawOf(answer.raw_output_contents[i], datatype) : typedOf(output.contents)).toEqual([
            ...contents,
          ]);
        });
      },
    ),
  );
});

const bytes = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);

function numbersOf(datatype: string, contents: ArrayLike<number>): number[] {
  if (!(contents instanceof Uint8Array)) return Array.from(contents);
  const { buffer } = Uint8Array.from(contents);
  return Array.from(datatype === "FP64" ? new Float64Array(buffer) : new Float32Array(buffer));
}

function typedOf(contents: unknown): unknown[] {
  const { fp32_contents, bytes_contents } = contents as { fp32_contents: number[]; bytes_contents: Buffer[] };
  return fp32_contents.length > 0 ? fp32_contents : bytes_contents.map(String);
}

function rawOf(raw: Buffer, datatype: string): unknown[] {
  if (datatype === "FP32") return Array.from(new Float32Array(Uint8Array.from(raw).buffer));
  const texts: string[] = [];
  for (let at = 0; at < raw.length; ) {
    const end = at + 4 + raw.readUInt32LE(at);
    texts.push(raw.toString("utf8", at + 4, end));
    at = end;
  }
  return texts;
}
