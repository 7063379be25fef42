import { promisify } from "node:util";
import { constants, createGunzip, createInflate, deflate, gzip, type ZlibOptions } from "node:zlib";
import { InferenceError } from "../inference/errors.js";

/** Content encodings: "deflate" means zlib's format, as the standard has it and Triton. */
export type Encoding = "gzip" | "deflate" | "identity";

const decompressors = { gzip: createGunzip, deflate: createInflate };
const compressors = { gzip: promisify(gzip), deflate: promisify(deflate) };

/** Numbers hardly compress, so more effort gains next to nothing. */
export const COMPRESSION: ZlibOptions = { level: constants.Z_BEST_SPEED };

/** The content encoding of a request. */
export function contentEncoding(header: string | undefined): Encoding {
  switch (header?.trim().toLowerCase()) {
    case undefined:
    case "":
    case "identity":
      return "identity";
    case "gzip":
    case "x-gzip":
      return "gzip";
    case "deflate":
      return "deflate";
  }
  throw new InferenceError(
    "unsupported-media-type",
    `the content encoding "${header}" is none of gzip, deflate, identity`,
  );
}

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
          `the body is larger than ${limit} bytes when it is decompressed`,
        );
      }
      grow(part.length);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof InferenceError) throw error;
    throw new InferenceError("invalid", `the body is not ${encoding}: ${(error as Error).message}`);
  }
  return Buffer.concat(parts, length);
}

export async function compress(encoding: "gzip" | "deflate", bytes: Buffer): Promise<Buffer> {
  return compressors[encoding](bytes, COMPRESSION);
}

/** The encoding of the largest weight that we have, the first of those that weigh the same; what is malformed is passed over. */
export function acceptedEncoding(header: string | undefined): Encoding {
  if (header === undefined || header === "identity") return "identity";
  let best: Encoding = "identity";
  let most = 0;
  for (const part of header.toLowerCase().split(",", 20)) {
    const [name, ...parameters] = part.split(";").map((text) => text.trim());
    if (name !== "gzip" && name !== "deflate" && name !== "identity") continue;
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    if (weight > most && weight <= 1) {
      best = name;
      most = weight;
    }
  }
  return best;
}
