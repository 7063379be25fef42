/** Zeros and ones as base64, eight a byte, the first in the lowest bit. */
export function packBits(bits: ArrayLike<number>): string {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8));
  for (let i = 0; i < bits.length; i++) bytes[i >> 3] |= bits[i] << (i & 7);
  return Buffer.from(bytes).toString("base64");
}

export function unpackBits(text: string, count: number): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== Math.ceil(count / 8))
    throw new RangeError(`${bytes.length} bytes are not ${count} bits`);
  return Uint8Array.from({ length: count }, (_, i) => (bytes[i >> 3] >> (i & 7)) & 1);
}
