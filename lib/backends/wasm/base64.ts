/** Larger than the other text, but decoded by the runtime at once: an import in Node.js must not take long, and its size does not matter. */
export function bytesFromBase64(base64: string): Uint8Array<ArrayBuffer> {
  const { Buffer } = globalThis as {
    Buffer?: { from(text: string, encoding: string): Uint8Array<ArrayBuffer> };
  };
  if (Buffer !== undefined) return Buffer.from(base64, "base64");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
