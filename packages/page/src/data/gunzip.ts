const MAGIC = [0x1f, 0x8b];

/**
 * The bytes of a gzipped response. Some servers send such files with a Content-Encoding, and then the browser has unpacked them already.
 */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) return bytes;
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
