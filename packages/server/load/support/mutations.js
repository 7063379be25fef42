import { deflateSync, gzipSync } from "node:zlib";

/** The same numbers for the same seed. */
export function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end) => Math.floor(next() * end);
  return { next, below, of: (list) => list[below(list.length)], is: (chance) => next() < chance };
}

const WORDS = [
  "null",
  "NaN",
  "-1",
  "1e999",
  "[]",
  "{}",
  '""',
  "true",
  "9007199254740993",
  "[[[[[[[[",
  '"\\ud800"',
  "0.5",
  '"FP16"',
  '"BYTES"',
  '"Infinity"',
  "4294967296",
];
const KEYS = [
  "name",
  "shape",
  "datatype",
  "data",
  "parameters",
  "inputs",
  "outputs",
  "id",
  "binary_data_size",
];
const PATHS = [
  "/v2/models/head/infer",
  "/v2/models/head/versions/1/infer",
  "/v2/models/head/versions/9/infer",
  "/v2/models/%00/infer",
  "/v2/models/head/ready",
  "/v2/repository/index",
  "/v2/repository/models/other/load",
  "/v2/health/live",
  "/v2",
  "/%",
  "/v2/models//infer",
];

/** An HTTP request with something wrong in it, or, rarely, nothing. */
export function mutated(random, features) {
  const { json, bytes } = valid(random, features);
  let text = JSON.stringify(json);
  if (random.is(0.5)) text = spoiltText(random, text);
  let body = Buffer.concat([Buffer.from(text), bytes]);
  if (random.is(0.15)) body = flipped(random, body);
  if (random.is(0.1)) body = body.subarray(0, random.below(body.length + 1));

  const headers = [];
  const jsonLength = random.is(0.1)
    ? random.of(["0", "-1", "1e3", "99999999", "x", String(random.below(400))])
    : Buffer.byteLength(text);
  if (bytes.length > 0 || random.is(0.1)) headers.push(`Inference-Header-Content-Length: ${jsonLength}`);
  if (random.is(0.1)) {
    const encoding = random.of(["gzip", "deflate", "br", "gzip, gzip", ""]);
    headers.push(`Content-Encoding: ${encoding}`);
    if (random.is(0.7)) body = encoding === "deflate" ? deflateSync(body) : gzipSync(body);
    if (random.is(0.3)) body = flipped(random, body);
  }
  if (random.is(0.1)) headers.push(`Accept-Encoding: ${random.of(["gzip", "deflate;q=0.1", ";;,q=", "*"])}`);
  if (random.is(0.2))
    headers.push(
      `Content-Type: ${random.of(["application/json", "text/plain", "application/octet-stream", "a/b;;=", "/"])}`,
    );
  const isChunked = random.is(0.1);
  if (isChunked) headers.push("Transfer-Encoding: chunked");
  if (!isChunked || random.is(0.05)) {
    headers.push(
      `Content-Length: ${random.is(0.03) ? random.of(["-1", "x", String(body.length + random.below(9) - 4), "99999999999"]) : body.length}`,
    );
  }
  const method = random.is(0.95)
    ? "POST"
    : random.of(["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "post", "QUERY"]);
  const path = random.is(0.8) ? PATHS[0] : random.of(PATHS);
  const head = Buffer.from(
    `${method} ${path} HTTP/1.1\r\nHost: a\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`,
  );
  const whole = Buffer.concat([head, isChunked ? chunked(random, body) : body]);
  return random.is(0.05) ? flipped(random, whole) : whole;
}

/** A request that the server would answer. */
function valid(random, features) {
  const rows = random.below(4);
  const x = Float32Array.from({ length: rows * features }, () => random.next() * 4 - 2);
  const isBinary = random.is(0.5);
  const input = { name: "features", shape: [rows, features], datatype: "FP32" };
  if (isBinary) input.parameters = { binary_data_size: x.byteLength };
  else if (random.is(0.5)) input.data = [...x];
  else
    input.data = Array.from({ length: rows }, (_, row) => [
      ...x.subarray(row * features, (row + 1) * features),
    ]);
  const json = { inputs: [input] };
  if (random.is(0.3)) json.id = String(random.next());
  if (random.is(0.6)) {
    const parameters = random.of([{}, { binary_data: true }, { classification: 1 + random.below(9) }]);
    json.outputs = [{ name: random.of(["logits", "probabilities"]), parameters }];
  }
  if (random.is(0.2)) json.parameters = { binary_data_output: random.is(0.5) };
  return { json, bytes: isBinary ? Buffer.from(x.buffer) : Buffer.alloc(0) };
}

/** Puts a word where a value or a piece of it is, drops or doubles a piece, or another key. */
function spoiltText(random, text) {
  const from = random.below(text.length);
  const to = Math.min(text.length, from + random.below(12));
  switch (random.below(5)) {
    case 0:
      return text.slice(0, from) + random.of(WORDS) + text.slice(to);
    case 1:
      return text.slice(0, from) + text.slice(to);
    case 2:
      return text.slice(0, to) + text.slice(from);
    case 3:
      return text.replaceAll(`"${random.of(KEYS)}"`, `"${random.of(KEYS)}"`);
    default: {
      const values = [...text.matchAll(/(?<=[:,[])(?:-?[0-9.e-]+|"[^"]*")/g)];
      if (values.length === 0) return text;
      const { index, 0: value } = random.of(values);
      return text.slice(0, index) + random.of(WORDS) + text.slice(index + value.length);
    }
  }
}

function flipped(random, bytes) {
  const other = Buffer.from(bytes);
  for (let i = random.below(4); i >= 0 && other.length > 0; i--)
    other[random.below(other.length)] = random.below(256);
  return other;
}

function chunked(random, body) {
  const parts = [];
  for (let at = 0; at < body.length; ) {
    const part = body.subarray(at, at + 1 + random.below(200));
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
    at += part.length;
  }
  return Buffer.concat([...parts, Buffer.from(random.is(0.95) ? "0\r\n\r\n" : "zz\r\n")]);
}
