import { promisify } from "node:util";
import { constants, deflate, gzip, type ZlibOptions } from "node:zlib";
import { InferenceError } from "../inference/errors.js";

/** Content encodings: "deflate" means zlib's format, as the standard has it and Triton. */
export type Encoding = "gzip" | "deflate" | "identity";

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
