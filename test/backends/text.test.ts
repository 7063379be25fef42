import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { SIMD128 } from "../../lib/backends/wasm/binary.js";
import { bytesFromText } from "../../lib/backends/wasm/text.js";

test("the text of the module is the bytes of the file", () => {
  const file = readFileSync(new URL("../../lib/backends/wasm/simd128.wasm", import.meta.url));
  expect(Buffer.from(bytesFromText(SIMD128)).equals(file)).toBe(true);
});

test("every byte, by the alphabet of 91 characters", () => {
  expect(bytesFromText("#")).toEqual(Uint8Array.of(0));
  expect(bytesFromText("[]")).toEqual(Uint8Array.of(56, 57));
  expect(bytesFromText("|")).toEqual(Uint8Array.of(88));
  expect(bytesFromText("}#}~~#~l")).toEqual(Uint8Array.of(89, 179, 180, 252));
  expect(bytesFromText("")).toEqual(new Uint8Array());
});

test("nothing in it is escaped in a string, and it is shorter than base64", () => {
  expect(SIMD128).toMatch(/^[#-[\]-~]+$/);
  expect(SIMD128.length).toBeLessThan((bytesFromText(SIMD128).length * 4) / 3);
});
