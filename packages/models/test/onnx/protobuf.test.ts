import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { afterAll, describe, expect, test } from "vitest";
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  modelPieces,
  parseModel,
  readModel,
} from "../../src/onnx/index.js";
import { Problem } from "../../src/problem.js";

const folder = mkdtempSync(join(tmpdir(), "onnx-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A field that no message of ours has. */
const unknown = (text: string) => [
  { no: 999, wireType: 2, data: Uint8Array.of(text.length, ...Buffer.from(text)) },
];

function model() {
  const weights = {
    name: "W",
    dims: [2n, 3n],
    dataType: DataType.FLOAT,
    rawData: new Uint8Array(24).fill(7),
  };
  const made = create(ModelProtoSchema, {
    irVersion: 9n,
    producerName: "",
    opsetImport: [
      { domain: "", version: 17n },
      { domain: "other", version: 1n },
    ],
    metadataProps: [{ key: "Klasse", value: "Bär" }],
    graph: {
      name: "g",
      docString: "",
      node: [
        {
          opType: "Gemm",
          input: ["x", "W"],
          output: ["y"],
          attribute: [{ name: "transB", i: 1n, type: AttributeType.INT }],
        },
      ],
      initializer: [
        { ...weights, docString: "weights" },
        { name: "halves", dims: [2n], dataType: DataType.FLOAT16, int32Data: [15360, 49152] },
        { name: "empty", dims: [0n], dataType: DataType.FLOAT, rawData: new Uint8Array() },
      ],
      input: [
        {
          name: "x",
          type: { value: { case: "tensorType", value: { elemType: 1 } } },
        },
      ],
      output: [{ name: "y" }],
      quantizationAnnotation: [{ tensorName: "x" }],
    },
  });
  const { graph } = made;
  const parts = [made, graph, graph?.node[0], graph?.node[0]?.attribute[0], graph?.initializer[0]];
  for (const [index, part] of parts.entries()) if (part) part.$unknown = unknown(`part ${index}`);
  return made;
}

describe("read and written again", () => {
  test("everything is there, what is unknown too, and what is set to its default", () => {
    const bytes = toBinary(ModelProtoSchema, model());
    const read = parseModel(bytes, "model.onnx");
    const again = new Uint8Array(Buffer.concat(modelPieces(read)));
    expect(again.length).toBe(bytes.length);
    const twice = parseModel(again, "model.onnx");
    expect(twice).toEqual(read);
    expect(Object.hasOwn(twice, "producerName")).toBe(true);
    expect(Object.hasOwn(twice, "producerVersion")).toBe(false);
    for (const word of [0, 1, 2, 3, 4].map((index) => `part ${index}`)) {
      expect(Buffer.from(again).includes(Buffer.from([word.length, ...Buffer.from(word)]))).toBe(true);
    }
    expect(toBinary(ModelProtoSchema, twice)).toEqual(bytes);
  });

  test("weights are not copied", () => {
    const read = parseModel(toBinary(ModelProtoSchema, model()), "model.onnx");
    const pieces = modelPieces(read);
    expect(pieces).toContain(read.graph?.initializer[0]?.rawData);
  });

  test("a file", () => {
    const path = join(folder, "model.onnx");
    writeFileSync(path, toBinary(ModelProtoSchema, model()));
    expect(readModel(path).graph?.node[0]?.opType).toBe("Gemm");
  });
});

describe("refused, with the place and what to do", () => {
  const refusal = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      return (error as Problem).message;
    }
    throw new Error("was not refused");
  };
  const parse = (bytes: Uint8Array) => refusal(() => parseModel(bytes, "m.onnx"));
  const field = (no: number, content: Uint8Array): Uint8Array =>
    new BinaryWriter().tag(no, 2).bytes(content).finish();

  test("cut off", () => {
    const bytes = toBinary(ModelProtoSchema, model());
    expect(parse(bytes.subarray(0, bytes.length - 30))).toMatch(/m\.onnx .*damaged.* bytes.* are left/);
  });

  test("a length beyond all memory", () => {
    const bytes = Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f);
    expect(parse(bytes)).toMatch(/says 72057594037927940 bytes, but 0 are left/);
  });

  test("graphs in graphs in graphs", () => {
    let bytes: Uint8Array = field(2, Buffer.from("leaf"));
    for (let i = 0; i < 200; i++) bytes = field(1, field(5, field(6, bytes)));
    expect(parse(field(7, bytes))).toMatch(/more than 90 deep at byte \d+/);
  });

  test("empty nodes, attributes, unknown fields and numbers that would fill the memory", () => {
    const pairs = (tag: number): Uint8Array =>
      new Uint8Array(2 ** 22).map((_, at) => (at % 2 === 0 ? tag : 0));
    const reason =
      /up to byte \d+ it says more nodes, attributes and lists than a model of 41943\d\d bytes has/;
    expect(parse(field(7, pairs(0x0a)))).toMatch(reason);
    expect(parse(field(7, field(1, pairs(0x2a))))).toMatch(reason);
    expect(parse(pairs(0x7a))).toMatch(reason);
    const large = field(7, field(5, field(7, new Uint8Array(2 ** 26))));
    expect(parse(large)).toMatch(/would fill the memory/);
  });

  test("as many short numbers, names and shapes as a model may have are read", () => {
    const many = model();
    const info = {
      name: "a",
      type: {
        value: {
          case: "tensorType" as const,
          value: {
            shape: { dim: [1n, 3n].map((value) => ({ value: { case: "dimValue" as const, value } })) },
          },
        },
      },
    };
    const made = create(ModelProtoSchema, {
      graph: {
        valueInfo: Array.from({ length: 30_000 }, () => info),
        initializer: [{ dims: [200_000n], int64Data: new Array<bigint>(200_000).fill(1n), name: "ones" }],
      },
    });
    made.graph?.node.push(...(many.graph?.node ?? []));
    const bytes = toBinary(ModelProtoSchema, made);
    expect(parseModel(bytes, "m.onnx").graph?.valueInfo.length).toBe(30_000);
  });

  test("text that is none, a field of another type, no graph, no protobuf", () => {
    expect(parse(field(2, Uint8Array.of(0xff, 0xfe)))).toMatch(/producer_name at byte 2 is not UTF-8/);
    expect(parse(Uint8Array.of(0x38, 1))).toMatch(/ModelProto\.graph at byte 0 is stored as another type/);
    expect(parse(field(2, Buffer.from("x")))).toMatch(/it has no graph/);
    expect(parse(Buffer.from("PK\x03\x04 an archive"))).toMatch(/damaged/);
  });

  test("files that are not there, are folders, or go beyond 2 GB", () => {
    expect(refusal(() => readModel(join(folder, "none.onnx")))).toMatch(/none\.onnx cannot be read/);
    expect(refusal(() => readModel(folder))).toMatch(/is a folder, and no file/);
    const large = join(folder, "large.onnx");
    writeFileSync(large, "");
    truncateSync(large, 2 ** 31);
    expect(refusal(() => readModel(large))).toMatch(/2147483648 bytes.*external data/);
  });
});

test("an enumeration's number that is not known stays", () => {
  const bytes = new BinaryWriter()
    .tag(7, 2)
    .fork()
    .tag(5, 2)
    .fork()
    .tag(14, 0)
    .uint32(77)
    .join()
    .join()
    .finish();
  const read = parseModel(bytes, "m.onnx");
  expect(fromBinary(ModelProtoSchema, Buffer.concat(modelPieces(read)))).toEqual(read);
  expect(Buffer.concat(modelPieces(read))).toEqual(Buffer.from(bytes));
});
