import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { bytesFromBase64 } from "../../lib/backends/wasm/base64.js";
import { SIMD128, SIMD128_TEXT } from "../../lib/backends/wasm/binary.js";
import { bytesFromText } from "../../lib/backends/wasm/text.js";

test("both texts of the module are the bytes of the file", () => {
  const file = readFileSync(new URL("../../lib/backends/wasm/simd128.wasm", import.meta.url));
  expect(Buffer.from(bytesFromText(SIMD128_TEXT)).equals(file)).toBe(true);
  expect(Buffer.from(bytesFromBase64(SIMD128)).equals(file)).toBe(true);
});

test("every byte, by the alphabet of 91 characters", () => {
  expect(bytesFromText("#&)")).toEqual(Uint8Array.of(250, 253, 0));
  expect(bytesFromText("[]")).toEqual(Uint8Array.of(50, 51));
  expect(bytesFromText("|")).toEqual(Uint8Array.of(82));
  expect(bytesFromText("}#}~~#~l")).toEqual(Uint8Array.of(83, 173, 174, 246));
  expect(bytesFromText("")).toEqual(new Uint8Array());
});

test("base64 where a runtime has no Buffer", () => {
  const { Buffer: kept } = globalThis;
  try {
    Reflect.deleteProperty(globalThis, "Buffer");
    expect(bytesFromBase64("AP+A")).toEqual(Uint8Array.of(0, 255, 128));
  } finally {
    globalThis.Buffer = kept;
  }
});

test("nothing in it is escaped in a string, and it is shorter than base64", () => {
  expect(SIMD128_TEXT).toMatch(/^[#-[\]-~]+$/);
  expect(SIMD128_TEXT.length).toBeLessThan(SIMD128.length);
});
