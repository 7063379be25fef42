import { posted } from "./http-connection.js";

export const FEATURES = 2048;
export const CLASSES = 1000;
const INFER = "/v2/models/head/infer";

export const rowsOf = (rows) => Float32Array.from({ length: rows * FEATURES }, (_, i) => Math.sin(i));

const bytesOf = (numbers) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** Float32 rows as bytes behind the JSON, and logits as bytes back. */
export function binaryRequest(x) {
  return withBytes(x, [{ name: "logits", parameters: { binary_data: true } }]);
}

/** The same, and only the five best classes back. */
export function topRequest(x) {
  return withBytes(x, [{ name: "logits", parameters: { classification: 5 } }]);
}

function withBytes(x, outputs) {
  const shape = [x.length / FEATURES, FEATURES];
  const parameters = { binary_data_size: x.byteLength };
  const json = Buffer.from(
    JSON.stringify({ inputs: [{ name: "features", datatype: "FP32", shape, parameters }], outputs }),
  );
  return posted(INFER, Buffer.concat([json, bytesOf(x)]), {
    "Content-Type": "application/octet-stream",
    "Inference-Header-Content-Length": json.length,
  });
}

/** Numbers as a client in Python writes them, all digits of a double: 40 kB a row. */
export function jsonRequest(x) {
  const inputs = [
    { name: "features", datatype: "FP32", shape: [x.length / FEATURES, FEATURES], data: [...x] },
  ];
  return posted(INFER, Buffer.from(JSON.stringify({ inputs, outputs: [{ name: "logits" }] })), {
    "Content-Type": "application/json",
  });
}

/** The logits of an answer, whichever form they have. */
export function logitsOf({ head, body }) {
  const length = /^inference-header-content-length: *(\d+)/im.exec(head)?.[1];
  if (length === undefined) return Float32Array.from(JSON.parse(body.toString()).outputs[0].data);
  return new Float32Array(Uint8Array.from(body.subarray(Number(length))).buffer);
}
