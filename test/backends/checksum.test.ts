/** The checksum of an addon: by WebAssembly, in plain JavaScript, and as the prebuild's script makes it. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { checksum, plain } from "../../lib/backends/native/checksum.js";
import { bytesFromBase64 } from "../../lib/backends/wasm/base64.js";
import { CHECKSUM } from "../../lib/backends/wasm/binary.js";

type Record = { checksum(bytes: Uint8Array): string };
const { checksum: reference } = (await import("../../scripts/prebuild/record.js" as string)) as Record;

/** Reads of at most so many bytes at a time. */
function reader(bytes: Uint8Array, most: number): (into: Uint8Array) => number {
  let at = 0;
  return (into) => {
    const part = bytes.subarray(at, at + Math.min(most, into.length));
    into.set(part);
    at += part.length;
    return part.length;
  };
}

const { WebAssembly: webAssembly } = globalThis;
const without = (run: () => void): void => {
  try {
    Object.assign(globalThis, { WebAssembly: undefined });
    run();
  } finally {
    Object.assign(globalThis, { WebAssembly: webAssembly });
  }
};

describe.each([
  ["by WebAssembly", (run: () => void) => run()],
  ["in plain JavaScript", without],
])("%s", (_, within) => {
  test("of any bytes, read in pieces", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 301 }), (bytes, most) => {
        within(() => expect(checksum(reader(bytes, most))).toBe(reference(bytes)));
      }),
    );
  });

  test.each([2 ** 16 - 1, 2 ** 16, 2 ** 16 + 1, 200_003])("of %i bytes", (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * i) >> 3);
    within(() => {
      const whole = checksum(reader(bytes, length));
      expect(whole).toBe(reference(bytes));
      expect(checksum(reader(bytes, 999))).toBe(whole);
      bytes[length - 1] = (bytes[length - 1] as number) ^ 0x80;
      expect(checksum(reader(bytes, length))).not.toBe(whole);
    });
  });
});

test("exports what the host calls", () => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytesFromBase64(CHECKSUM)));
  expect(Object.keys(exports).sort()).toEqual(Object.keys(plain()).sort());
});
