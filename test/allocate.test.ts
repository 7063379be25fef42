import { expect, test } from "@jest/globals";
import { allocate, createBackend, fwht } from "../lib/index.js";
import { backends } from "./support/backends.js";

test("zeros of the type and length asked for, that any operation takes", () => {
  for (const backend of backends) {
    for (const length of [0, 1, 3, 64, 1000]) {
      expect(allocate(length, "float32", { backend })).toEqual(new Float32Array(length));
      expect(allocate(length, "float64", { backend })).toEqual(new Float64Array(length));
      expect(allocate(length, "int32", { backend })).toEqual(new Int32Array(length));
    }
    const x = allocate(64, "float32", { backend });
    x[0] = 1;
    expect(fwht(x, { backend })).toEqual(new Float32Array(64).fill(1));
  }
});

test("with the native backend it starts at a multiple of 64 bytes", () => {
  const native = backends.find(({ name }) => name === "native");
  if (native?.misalignment === undefined) return;
  for (let i = 0; i < 100; i++) {
    const x = allocate(i * 17 + 1, "float64", { backend: native });
    expect(native.misalignment(new Uint8Array(x.buffer, x.byteOffset), 64)).toBe(0);
  }
});

test("bad lengths and types", () => {
  const backend = createBackend("js");
  expect(() => allocate(-1, "float32", { backend })).toThrow(RangeError);
  expect(() => allocate(1.5)).toThrow(/length must be an integer/);
  expect(() => allocate("8" as never)).toThrow(TypeError);
  expect(() => allocate(8, "float16" as never)).toThrow(/type must be one of "float32", "float64", "int32"/);
});

test("options that are none", () => {
  expect(() => allocate(8, "float32", { backends: "js" } as never)).toThrow(
    'allocate has no option "backends", did you mean "backend"? It has backend',
  );
  expect(() => allocate(8, "float32", { backend: "js" } as never)).toThrow(
    'backend must be one that createBackend returned, got "js"',
  );
  expect(allocate(8, "int32", null)).toEqual(new Int32Array(8));
  expect(allocate(8, "int32", { backend: null } as never)).toEqual(new Int32Array(8));
});
