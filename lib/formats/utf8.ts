/** Text as UTF-8 by what every engine has: Hermes, of React Native, has no TextDecoder, nor have Jest's pages of jsdom. */

const CHUNK = 4096;

export function encodeUtf8(text: string): Uint8Array {
  const latin1 = encodeURIComponent(text).replace(/%(..)/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Uint8Array.from(latin1, (character) => character.charCodeAt(0));
}

/** @throws URIError for bytes that are no UTF-8 */
export function decodeUtf8(bytes: Uint8Array): string {
  let latin1 = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    latin1 += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return decodeURIComponent(
    latin1.replace(/[%\x80-\xff]/g, (character) => `%${character.charCodeAt(0).toString(16)}`),
  );
}
