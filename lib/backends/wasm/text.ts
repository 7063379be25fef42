/**
 * Bytes as a string of the characters from "#" to "~" but "\". The frequent ones, from −6 to 82, are one character, the others two, so that the text is
 * shorter than base64 and, since bytes stay characters of their own, gzip makes it nearly as small as it makes the bytes.
 * scripts/bytes-as-text.js writes it.
 */

const FIRST = 35;
const BACKSLASH = 92;
/** Values of a character. */
const VALUES = 91;
const SINGLE = 89;
/** Brings 0xFD, with which every instruction of SIMD begins, to the frequent ones. */
const SHIFT = 6;

/** @param text as scripts/bytes-as-text.js writes it */
export function bytesFromText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let value = digit(text.charCodeAt(i));
    if (value >= SINGLE) value = SINGLE + (value - SINGLE) * VALUES + digit(text.charCodeAt(++i));
    bytes[length++] = value - SHIFT;
  }
  return bytes.subarray(0, length);
}

const digit = (code: number): number => (code > BACKSLASH ? code - FIRST - 1 : code - FIRST);
