import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createDeflate, createGzip } from "node:zlib";
import { COMPRESSION, compress, type Encoding } from "./encodings.js";
import { type Encoded, jsonBound, jsonParts, writeJson } from "./response.js";

/** Up to so many bytes an answer is one buffer: to copy them costs less than to write once more. */
const ONE_WRITE = 2 ** 18;

/** JSON beyond is made while it is sent: neither memory nor other requests wait for all of it. */
const ONE_BUFFER = 2 ** 22;

/** Less is not worth compressing. */
const COMPRESSED_FROM = 1024;

/** Sends an answer; a promise only where it takes more than one write of one buffer. */
export function sendAnswer(
  response: ServerResponse,
  encoded: Encoded,
  encoding: Encoding,
  isLast: boolean,
): undefined | Promise<void> {
  const bound = jsonBound(encoded);
  const { json, binary, isBinary } = encoded;
  if (bound > ONE_BUFFER && !isBinary) return stream(response, encoded, encoding, isLast);

  let length = 0;
  for (const bytes of binary) length += bytes.byteLength;
  const isOne = length <= ONE_WRITE || encoding !== "identity";
  const buffer = Buffer.allocUnsafe(bound + (isOne ? length : 0));
  const jsonLength = writeJson(buffer, json);
  let end = jsonLength;
  if (isOne) {
    for (const bytes of binary) {
      buffer.set(bytes, end);
      end += bytes.byteLength;
    }
  }
  const body = buffer.subarray(0, end);
  const headers = headersOf(isBinary ? jsonLength : undefined, isLast);
  if (encoding !== "identity" && end >= COMPRESSED_FROM)
    return sendCompressed(response, headers, body, encoding);

  headers["content-length"] = String(jsonLength + length);
  response.writeHead(200, headers);
  if (isOne) {
    response.end(body);
    return undefined;
  }
  return pipeline(Readable.from([body, ...binary], { objectMode: false }), response);
}

type Headers = Record<string, string>;

function headersOf(jsonLength: number | undefined, isLast: boolean): Headers {
  const headers: Headers =
    jsonLength === undefined
      ? { "content-type": "application/json" }
      : { "content-type": "application/octet-stream", "inference-header-content-length": String(jsonLength) };
  if (isLast) headers.connection = "close";
  return headers;
}

async function sendCompressed(
  response: ServerResponse,
  headers: Headers,
  body: Buffer,
  encoding: "gzip" | "deflate",
): Promise<void> {
  const compressed = await compress(encoding, body);
  const length = String(compressed.length);
  response.writeHead(200, { ...headers, "content-encoding": encoding, "content-length": length });
  response.end(compressed);
}

async function stream(
  response: ServerResponse,
  encoded: Encoded,
  encoding: Encoding,
  isLast: boolean,
): Promise<void> {
  const headers = headersOf(undefined, isLast);
  const parts = Readable.from(jsonParts(encoded), { objectMode: false });
  if (encoding === "identity") {
    response.writeHead(200, headers);
    await pipeline(parts, response);
  } else {
    response.writeHead(200, { ...headers, "content-encoding": encoding });
    const compressor = encoding === "gzip" ? createGzip(COMPRESSION) : createDeflate(COMPRESSION);
    await pipeline(parts, compressor, response);
  }
}
