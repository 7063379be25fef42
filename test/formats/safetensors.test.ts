import { runInNewContext } from "node:vm";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type Dtype,
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
} from "../../lib/formats/safetensors.js";
import { fileOf } from "../support/files.js";
import { detach, resizable } from "../support/memory.js";

/** Bits of an element of each type. */
const BITS: Record<Dtype, number> = {
  F64: 64,
  F32: 32,
  F16: 16,
  BF16: 16,
  F8_E5M2: 8,
  F8_E5M2FNUZ: 8,
  F8_E4M3: 8,
  F8_E4M3FNUZ: 8,
  F8_E8M0: 8,
  F6_E3M2: 6,
  F6_E2M3: 6,
  F4: 4,
  C64: 64,
  I64: 64,
  I32: 32,
  I16: 16,
  I8: 8,
  U64: 64,
  U32: 32,
  U16: 16,
  U8: 8,
  BOOL: 8,
};
const DTYPES = Object.keys(BITS) as Dtype[];

const bytesOf = ({ data }: Tensor): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();

/** A tensor of this type whose bytes are given, as a file has it. */
const tensorOf = (dtype: Dtype, shape: readonly number[], bytes: Uint8Array): Tensor =>
  decodeSafetensors(fileOf({ t: { dtype, shape, data_offsets: [0, bytes.length] } }, bytes)).tensors.get(
    "t",
  ) as Tensor;

const tensor = fc
  .record({
    dtype: fc.constantFrom(...DTYPES),
    shape: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }),
    seed: fc.integer({ min: 0, max: 255 }),
  })
  .map(({ dtype, shape, seed }) => {
    // Four more fill whole bytes with elements of any type.
    const whole = [...shape, 4];
    const length = (whole.reduce((a, b) => a * b, 1) * BITS[dtype]) / 8;
    return tensorOf(
      dtype,
      whole,
      Uint8Array.from({ length }, (_, i) => (seed + 37 * i) & 255),
    );
  });
const name = fc
  .oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("__proto__", "1", "0", "constructor"))
  .filter((key) => key !== "__metadata__");

test("any tensors and any metadata come back, bit for bit", () => {
  const file = fc.record({
    tensors: fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 6 }),
    metadata: fc.uniqueArray(fc.tuple(name, fc.string()), { selector: ([key]) => key, maxLength: 4 }),
  });
  fc.assert(
    fc.property(file, ({ tensors, metadata }) => {
      const bytes = encodeSafetensors({ tensors: new Map(tensors), metadata: new Map(metadata) });
      const again = decodeSafetensors(bytes);
      expect([...again.metadata]).toEqual(metadata);
      expect([...again.tensors.keys()]).toEqual(tensors.map(([key]) => key));
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
    fileOf({ a: { dtype: "F32", shape: [2, 2], data_offsets: [0, 16], ...change } }, data);
  const text = (json: string): Uint8Array => fileOf(json, data);

  test("dtypes", () => {
    for (const dtype of [undefined, null, 3, "f32", "F8", "toString", "__proto__", {}, ["F32"]]) {
      refuse(entry({ dtype }), /tensor "a" has the dtype .*, expected one of F64, F32, /);
    }
    for (const value of [null, 3, "F32", [], ["F32", [4], [0, 16]]]) {
      refuse(fileOf({ a: value }, data), /tensor "a" is .*, expected an object/);
    }
  });

  test("shapes", () => {
    for (const shape of [undefined, null, 4, "[4]", [-4], [0.5], ["4"], [2 ** 53], [null]]) {
      refuse(entry({ shape }), /the shape of tensor "a" is no array of sizes/);
    }
    for (const number of ["4.0", "4e0", "-0", "18446744073709551616", "9".repeat(200)]) {
      const json = `{"a":{"dtype":"F32","shape":[${number}],"data_offsets":[0,16]}}`;
      refuse(text(json), /the shape of tensor "a" is no array of sizes/);
    }
    for (const shape of [[], [3], [5], [2, 2, 2], [2 ** 20, 2 ** 30]]) {
      refuse(
        entry({ shape }),
        /tensor "a" has the bytes 0 … 16 of the data, its dtype and shape need \d+ bytes/,
      );
    }
    for (const shape of [
      [2 ** 40, 2 ** 40],
      [2 ** 50, 2 ** 50, 0],
      [2 ** 52, 2 ** 7],
    ]) {
      refuse(entry({ shape }), /the shape of tensor "a" overflows 64 bits/);
    }
    refuse(
      entry({ dtype: "F4", shape: [3] }),
      /tensor "a" .* its dtype and shape need 12 bits, no whole bytes/,
    );
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
      refuse(entry({ data_offsets }), /the data_offsets of tensor "a" are no begin and end/);
    }
    refuse(entry({ data_offsets: [16, 0] }), /tensor "a" has the bytes 16 … 0 .* end before they begin/);
    const long = { dtype: "F32", shape: [2 ** 20], data_offsets: [0, 2 ** 22] };
    refuse(
      fileOf({ a: long }, data),
      /tensor "a" has the bytes 0 … 4194304 .* has 16; the file is truncated/,
    );
  });

  test("holes, overlaps and bytes that belong to no tensor", () => {
    const two = (a: number, b: number): Uint8Array =>
      fileOf(
        {
          a: { dtype: "U8", shape: [4], data_offsets: [a, a + 4] },
          b: { dtype: "U8", shape: [4], data_offsets: [b, b + 4] },
        },
        new Uint8Array(8),
      );
    expect(decodeSafetensors(two(0, 4)).tensors.size).toBe(2);
    expect(decodeSafetensors(two(4, 0)).tensors.size).toBe(2);
    refuse(two(0, 3), /tensor "b" has the bytes 3 … 7 .* it overlaps tensor "a", which ends at 4/);
    refuse(two(0, 0), /tensor "b" has the bytes 0 … 4 .* it overlaps tensor "a", which ends at 4/);
    refuse(two(1, 5), /tensor "a" has the bytes 1 … 5 .* no tensor has the bytes 0 … 1 before it/);
    refuse(two(0, 5), /tensor "b" has the bytes 5 … 9 .* no tensor has the bytes 4 … 5 before it/);
    refuse(fileOf({}, data), /its data has 16 bytes, its tensors end at 0/);
    refuse(entry({ shape: [3], data_offsets: [0, 12] }), /its data has 16 bytes, its tensors end at 12/);
  });

  test("tensors that overlap are not copied first", () => {
    // Copies of all would take 16 GiB.
    const large = { dtype: "U8", shape: [2 ** 24], data_offsets: [0, 2 ** 24] };
    const many = Object.fromEntries(Array.from({ length: 2 ** 10 }, (_, i) => [`t${i}`, large]));
    refuse(fileOf(many, new Uint8Array(2 ** 24)), /it overlaps tensor/);
  });

  test("metadata", () => {
    for (const metadata of [3, [], "pt", true]) {
      refuse(
        fileOf({ __metadata__: metadata }, new Uint8Array()),
        /its __metadata__ is .*, expected an object/,
      );
    }
    for (const value of [1, null, [], {}]) {
      refuse(
        fileOf({ __metadata__: { a: value } }, new Uint8Array()),
        /its __metadata__ has .* for "a", expected a string/,
      );
    }
    expect(decodeSafetensors(fileOf({}, new Uint8Array())).metadata.size).toBe(0);
    expect(decodeSafetensors(fileOf({ __metadata__: null }, new Uint8Array())).metadata.size).toBe(0);
  });

  test("keys that are given twice", () => {
    const a = '"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}';
    refuse(text(`{${a},${a}}`), /its header is no JSON: it has the key "a" a second time, at character 55/);
    refuse(text(`{${a},${a.replace('"a"', '"\\u0061"')}}`), /the key "a" a second time, at character 55/);
    refuse(text(`{${a.replace('"shape"', '"shape":[4],"shape"')}}`), /the key "a"."shape" a second time/);
    refuse(text(`{"__metadata__":{"k":"v","k":"v"},${a}}`), /the key "__metadata__"."k" a second time/);
    refuse(text(`{"__metadata__":{},"__metadata__":{},${a}}`), /the key "__metadata__" a second time/);
  });

  test("headers", () => {
    refuse(Uint8Array.of(1, 2, 3), /it has 3 bytes, too few for a header/);
    refuse(text(""), /its header must begin with \{, it is empty/);
    refuse(text("[]"), /its header must begin with \{, it begins with the byte 0x5b/);
    refuse(text(" {}"), /its header must begin with \{, it begins with the byte 0x20/);
    refuse(text("\ufeff{}"), /its header must begin with \{, it begins with the byte 0xef/);
    for (const [json, problem] of [
      ["{", 'expected ", at character 1'],
      ["{}}", "it goes on behind its end, at character 2"],
      ["{}\0", "it goes on behind its end, at character 2"],
      ['{"a"}', "expected :, at character 4"],
      ['{"a":}', "a value is missing, at character 5"],
      ['{"a":1e999}', "a number is out of range, at character 10"],
      ['{"a":[1 2]}', "expected ], at character 8"],
      ['{"a', "a string has a control character or no end, at character 3"],
      ['{"a\\', "a string has a control character or no end, at character 4"],
      ['{"a\n":1}', "a string has a control character or no end, at character 3"],
      ['{"\\x":1}', "a string has an escape that means no character, at character 1"],
      ['{"\\ud800":1}', "a string has an escape that means no character, at character 1"],
      [`{"a":${"[".repeat(1e6)}`, "it nests more than 127 deep, at character 131"],
    ] as const) {
      expect(() => decodeSafetensors(text(json))).toThrow(
        new RangeError(`not a safetensors file: its header is no JSON: ${problem}`),
      );
    }
    refuse(fileOf(Uint8Array.of(0x7b, 0xff, 0x7d), data), /its header is no JSON: it is not valid UTF-8/);
    const long = fileOf({}, data, 2n ** 63n);
    refuse(long, /its header should have 9223372036854775808 bytes, 18 are there/);
  });
});

describe("a file is bytes", () => {
  const file = encodeSafetensors({
    tensors: new Map([["a", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }]]),
    metadata: new Map(),
  });
  const read = (bytes: unknown) => [...(decodeSafetensors(bytes).tensors.get("a") as Tensor).data];

  test("in a view, a Buffer, an ArrayBuffer or a SharedArrayBuffer", () => {
    const shared = new SharedArrayBuffer(file.length);
    new Uint8Array(shared).set(file);
    for (const bytes of [file, Buffer.from(file), file.slice().buffer, shared, new Uint8Array(shared)]) {
      expect(read(bytes)).toEqual([1, 2, 3]);
    }
  });

  test("of another realm too", () => {
    const [view, buffer] = runInNewContext(
      `const view = Uint8Array.of(${file.join()}); [view, view.slice().buffer]`,
    ) as unknown[];
    expect(view).not.toBeInstanceOf(Uint8Array);
    expect([read(view), read(buffer)]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test("and what is none is a TypeError", () => {
    for (const bytes of [
      null,
      undefined,
      "file",
      [1, 2],
      {},
      new Float32Array(3),
      new DataView(file.buffer),
    ]) {
      expect(() => decodeSafetensors(bytes)).toThrow(TypeError);
      expect(() => decodeSafetensors(bytes)).toThrow(/bytes must be a Uint8Array or an ArrayBuffer, got /);
    }
  });

  test("that are attached, and in the bounds of their buffer", () => {
    expect(() => decodeSafetensors(detach(file.slice()))).toThrow(/^bytes is detached: /);
    const { buffer } = file.slice();
    structuredClone(buffer, { transfer: [buffer] });
    expect(() => decodeSafetensors(buffer)).toThrow(TypeError);
    expect(() => decodeSafetensors(buffer)).toThrow(/^bytes is detached: /);
    const shrinking = resizable(file.length, 2 * file.length);
    const view = new Uint8Array(shrinking, 8, file.length - 8);
    expect(() => read(new Uint8Array(shrinking))).toThrow(RangeError);
    shrinking.resize(9);
    expect(() => decodeSafetensors(view)).toThrow(TypeError);
    expect(() => decodeSafetensors(view)).toThrow(/^bytes is out of bounds: /);
  });
});
