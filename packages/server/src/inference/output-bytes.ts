import type { OutputTensor } from "./request.js";

/** Float32 as they are, little-endian on every machine that there is; each string behind its length. */
export function outputBytes(contents: OutputTensor["contents"]): Uint8Array {
  if (contents instanceof Float32Array) {
    return new Uint8Array(contents.buffer, contents.byteOffset, contents.byteLength);
  }
  const bytes = Buffer.allocUnsafe(contents.reduce((sum, text) => sum + 4 + Buffer.byteLength(text), 0));
  let position = 0;
  for (const text of contents) {
    const length = bytes.write(text, position + 4);
    bytes.writeUInt32LE(length, position);
    position += 4 + length;
  }
  return bytes;
}
