/** The text of lib/backends/wasm/text.ts, which says why. */

const ALPHABET = Array.from({ length: 92 }, (_, i) => String.fromCharCode(35 + i)).filter((c) => c !== "\\");
const SINGLE = ALPHABET.length - 2;
const SHIFT = 6;

/** @param {Uint8Array} bytes */
export const bytesAsText = (bytes) => Array.from(bytes, characters).join("");

/** @param {number} byte */
function characters(byte) {
  const value = (byte + SHIFT) % 256;
  if (value < SINGLE) return ALPHABET[value];
  const rest = value - SINGLE;
  return ALPHABET[SINGLE + Math.floor(rest / ALPHABET.length)] + ALPHABET[rest % ALPHABET.length];
}
