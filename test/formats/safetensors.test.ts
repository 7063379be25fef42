import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type Dtype,
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
} from "../../lib/formats/safetensors.js";

const SIZES: Record<Dtype, number> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
};
const DTYPES = Object.keys(SIZES) as Dtype[];

const build = (header: unknown, data: Uint8Array): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
};

const bytesOf = ({ data }: Tensor): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();

/** A tensor of this type whose bytes are given, as a file has it. */
const tensorOf = (dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Tensor =>
  decodeSafetensors(build({ t: { dtype, shape, data_offsets: [0, bytes.length] } }, bytes)).tensors.get(
    "t",
  ) as Tensor;

const tensor = fc
  .record({
    dtype: fc.constantFrom(...DTYPES),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
    seed: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ dtype, shape, seed }) => {
    const length = shape.reduce((a, b) => a * b, 1) * SIZES[dtype];
    return tensorOf(
      dtype,
      shape,
      Uint8Array.from({ length }, (_, i) => (seed + 37 * i) & 255),
    );
  });
const name = fc
  .string({ unit: "grapheme", minLength: 1 })
  .filter((key) => key !== "__metadata__" && key !== "__proto__");

test("any tensors and any metadata come back, bit for bit", () => {
  const file = fc.record({
    tensors: fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 6 }),
    metadata: fc.uniqueArray(fc.tuple(name, fc.string()), { selector: ([key]) => key, maxLength: 4 }),
  });
  fc.assert(
    fc.property(file, ({ tensors, metadata }) => {
      const bytes = encodeSafetensors({ tensors: new Map(tensors), metadata: new Map(metadata) });
      const again = decodeSafetensors(bytes);
      expect(again.metadata).toEqual(new Map(metadata));
      expect([...again.tensors.keys()].sort()).toEqual(tensors.map(([key]) => key).sort());
      for (const [key, { dtype, shape, ...rest }] of tensors) {
        const found = again.tensors.get(key) as Tensor;
        expect([found.dtype, found.shape]).toEqual([dtype, shape]);
        expect(bytesOf(found)).toEqual(bytesOf({ dtype, shape, ...rest }));
      }
    }),
  );
});

test("every type is read as little-endian numbers", () => {
  const numbers = Uint8Array.of(0, 0, 0x80, 0xbf, 0, 0, 0xf0, 0x3f);
  const value = (dtype: Dtype, shape: number[]) => [...tensorOf(dtype, shape, numbers).data];
  expect(value("F64", [1])).toEqual([new DataView(numbers.buffer).getFloat64(0, true)]);
  expect(value("F32", [2])).toEqual([-1, 1.875]);
  expect(value("I32", [2])).toEqual([0xbf800000 - 2 ** 32, 0x3ff00000]);
  expect(value("U32", [2])).toEqual([0xbf800000, 0x3ff00000]);
  expect(value("I64", [1])).toEqual([0x3ff00000bf800000n]);
  expect(value("U64", [])).toEqual([0x3ff00000bf800000n]);
  for (const dtype of ["F16", "BF16", "U16"] as const) {
    expect(value(dtype, [4])).toEqual([0, 0xbf80, 0, 0x3ff0]);
  }
  expect(value("I16", [2, 2])).toEqual([0, 0xbf80 - 2 ** 16, 0, 0x3ff0]);
  expect(value("I8", [8])).toEqual([0, 0, -128, -65, 0, 0, -16, 63]);
});

test("tensors start at a multiple of eight bytes behind the header, whatever the names", () => {
  for (const text of ["a", "é", "名前", "🙂", "x".repeat(7)]) {
    const bytes = encodeSafetensors({
      tensors: new Map([[text, { dtype: "F64", shape: [1], data: Float64Array.of(7) }]]),
      metadata: new Map(),
    });
    expect((bytes.length - 8) % 8).toBe(0);
    expect(decodeSafetensors(bytes).tensors.get(text)?.data).toEqual(Float64Array.of(7));
  }
});

describe("what is no safetensors file is refused, with what is wrong and where", () => {
  const refuse = (bytes: Uint8Array, message: RegExp): void => {
    expect(() => decodeSafetensors(bytes)).toThrow(RangeError);
    expect(() => decodeSafetensors(bytes)).toThrow(message);
    expect(() => decodeSafetensors(bytes)).toThrow(/^not a safetensors file: /);
  };
  const data = new Uint8Array(16);
  const entry = (change: object): Uint8Array =>
    build({ a: { dtype: "F32", shape: [2, 2], data_offsets: [0, 16], ...change } }, data);

  test("dtypes", () => {
    for (const dtype of [undefined, null, 3, "f32", "F8", "toString", "__proto__"]) {
      refuse(entry({ dtype }), /tensor a has the dtype .*, expected one of F64, F32, /);
    }
    for (const value of [null, 3, "F32", []])
      refuse(build({ a: value }, data), /tensor a has the dtype undefined/);
  });

  test("shapes", () => {
    for (const shape of [undefined, null, 4, "[4]", [-4], [0.5], ["4"], [2 ** 53], [null]]) {
      refuse(entry({ shape }), /the shape of tensor a is no array of sizes/);
    }
    for (const shape of [[], [3], [5], [2, 2, 2], [2 ** 30, 2 ** 30], [2 ** 40, 2 ** 40, 2 ** 40]]) {
      refuse(entry({ shape }), /tensor a has the data_offsets 0 … 16, its dtype and shape need \d/);
    }
  });

  test("offsets", () => {
    for (const data_offsets of [
      undefined,
      null,
      {},
      [],
      [0],
      [0, 16, 16],
      [-4, 12],
      ["0", 16],
      [0.5, 16.5],
      [2 ** 53, 2 ** 53 + 16],
    ]) {
      refuse(entry({ data_offsets }), /the data_offsets of tensor a are no begin and end/);
    }
    refuse(entry({ data_offsets: [16, 0] }), /tensor a has the data_offsets 16 … 0, /);
    refuse(
      entry({ data_offsets: [4, 20] }),
      /tensor a ends at byte 20 of the data, which has 16; .* truncated/,
    );
    refuse(entry({ data_offsets: [2 ** 40, 2 ** 40 + 16] }), /tensor a ends at byte .* truncated/);
  });

  test("holes, overlaps and bytes that belong to no tensor", () => {
    const two = (a: number, b: number): Uint8Array =>
      build(
        {
          a: { dtype: "U8", shape: [4], data_offsets: [a, a + 4] },
          b: { dtype: "U8", shape: [4], data_offsets: [b, b + 4] },
        },
        new Uint8Array(8),
      );
    expect(decodeSafetensors(two(0, 4)).tensors.size).toBe(2);
    expect(decodeSafetensors(two(4, 0)).tensors.size).toBe(2);
    refuse(two(0, 3), /tensor b begins at byte 3 of the data, the one before it ends at 4/);
    refuse(two(0, 0), /tensor b begins at byte 0 of the data, the one before it ends at 4/);
    refuse(two(1, 4), /tensor a begins at byte 1 of the data, the one before it ends at 0/);
    refuse(build({}, data), /its data has 16 bytes, its tensors end at 0/);
    refuse(entry({ shape: [3], data_offsets: [0, 12] }), /its data has 16 bytes, its tensors end at 12/);
  });

  test("metadata", () => {
    refuse(build({ __metadata__: 3 }, new Uint8Array()), /its __metadata__ is no object/);
    refuse(build({ __metadata__: null }, new Uint8Array()), /its __metadata__ is no object/);
    refuse(
      build({ __metadata__: { a: 1 } }, new Uint8Array()),
      /its __metadata__ has 1 for a, expected a string/,
    );
    expect(decodeSafetensors(build({}, new Uint8Array())).metadata.size).toBe(0);
  });

  test("headers", () => {
    refuse(Uint8Array.of(1, 2, 3), /it has 3 bytes, too few for a header/);
    refuse(build("{", data), /its header is no JSON object/);
    refuse(build("[]", data), /its header is no JSON object/);
    const long = build({}, data);
    new DataView(long.buffer).setBigUint64(0, 2n ** 63n, true);
    refuse(long, /its header should have 9223372036854775808 bytes, 18 are there/);
  });
});

test("what is no Uint8Array is a TypeError", () => {
  for (const bytes of [null, "file", new ArrayBuffer(9), new Float32Array(3)]) {
    expect(() => decodeSafetensors(bytes as never)).toThrow(TypeError);
  }
});
