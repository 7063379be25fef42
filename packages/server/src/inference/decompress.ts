import { createGunzip, createInflate } from "node:zlib";
import { InferenceError } from "./errors.js";

const decompressors = { gzip: createGunzip, deflate: createInflate };

/** So many bytes are decompressed at a time. */
const PART = 2 ** 16;

/**
 * What was compressed, which may be so many bytes at the most: a few bytes can hold a gigabyte of zeros. `grow` is told of them as they come
 * and may throw, as a thousand such bodies at once are as bad as a large one.
 */
export async function decompress(
  encoding: "gzip" | "deflate",
  bytes: Buffer,
  limit: number,
  grow: (bytes: number) => void,
): Promise<Buffer> {
  const stream = decompressors[encoding]({ chunkSize: PART });
  stream.end(bytes);
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      length += part.length;
      if (length > limit) {
        throw new InferenceError(
          "too-large",
          `the request is larger than ${limit} bytes when it is decompressed`,
        );
      }
      grow(part.length);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof InferenceError) throw error;
    throw new InferenceError("invalid", `the request is not ${encoding}: ${(error as Error).message}`);
  }
  return Buffer.concat(parts, length);
}
