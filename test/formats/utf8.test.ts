import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeUtf8, encodeUtf8 } from "../../lib/formats/utf8.js";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const decoded = (decode: () => string): string | null => {
  try {
    return decode();
  } catch {
    return null;
  }
};

/** Bytes that are often the beginning, the middle or the limit of a character. */
const byte = fc.oneof(
  fc.constantFrom(0x25, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xa0, 0xed, 0xef, 0xf0, 0x90, 0xf4, 0x8f, 0xf5),
  fc.integer({ min: 0, max: 255 }),
);

describe("UTF-8 as TextEncoder and TextDecoder have it", () => {
  test("of any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const bytes = encodeUtf8(text);
        expect([...bytes]).toEqual([...new TextEncoder().encode(text)]);
        expect(decodeUtf8(bytes)).toBe(text);
      }),
    );
    const long = "%ж€𝄞".repeat(5000);
    expect(decodeUtf8(encodeUtf8(long))).toBe(long);
  });

  test("and of any bytes, of which some are none", () => {
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 8 }), (bytes) => {
        const array = Uint8Array.from(bytes);
        expect(decoded(() => decodeUtf8(array))).toBe(decoded(() => utf8.decode(array)));
      }),
      { numRuns: 2000 },
    );
    expect(() => decodeUtf8(Uint8Array.of(0xff))).toThrow(URIError);
  });
});
