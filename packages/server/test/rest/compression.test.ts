import { connect } from "node:net";
import { deflateSync, gunzipSync, gzipSync, inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { acceptedEncoding } from "../../src/rest/encodings.js";
import { bytesOf, headOf, rowsOf } from "../support/models.js";
import { binaryBody, restOver } from "../support/rest.js";

const head = headOf({ classes: 400 });
const { client } = await restOver({ m: head });
const INFER = "/v2/models/m/infer";
const x = rowsOf(2, 20);
const outputs = [{ name: "logits", parameters: { binary_data: true } }];
const raw = { name: "features", datatype: "FP32", shape: [2, 20], parameters: { binary_data_size: 160 } };
const request = binaryBody({ inputs: [raw], outputs }, bytesOf(x));
const expected = Buffer.from(bytesOf(head.forward(x)));

const logitsOf = (body: Buffer, length: unknown) => body.subarray(Number(length));

test.each([
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["identity", (bytes: Buffer) => bytes],
])("bodies as %s: the JSON's length is the one before", async (encoding, compressed) => {
  const sent = compressed(request.body);
  const { status, body, headers } = await client.post(INFER, sent, {
    ...request.headers,
    "content-encoding": encoding,
  });
  expect(status).toBe(200);
  expect(logitsOf(body, headers["inference-header-content-length"]).equals(expected)).toBe(true);
});

test.each([
  ["gzip", gunzipSync],
  ["deflate", inflateSync],
])("answers as %s", async (encoding, decompressed) => {
  const headers = { ...request.headers, "accept-encoding": encoding };
  const answer = await client.post(INFER, request.body, headers);
  expect(answer.headers["content-encoding"]).toBe(encoding);
  const body = decompressed(answer.body);
  expect(logitsOf(body, answer.headers["inference-header-content-length"]).equals(expected)).toBe(true);
});

test("small answers and failures are sent as they are; large JSON is compressed as it is made", async () => {
  const headers = { "accept-encoding": "gzip" };
  expect((await client.post(INFER, "{}", headers)).headers["content-encoding"]).toBeUndefined();
  const many = rowsOf(1000, 20);
  const inputs = [{ ...raw, shape: [1000, 20], parameters: { binary_data_size: many.byteLength } }];
  const large = binaryBody({ inputs, outputs: [{ name: "logits" }] }, bytesOf(many));
  const answer = await client.post(INFER, large.body, { ...large.headers, ...headers });
  expect(answer.headers["content-encoding"]).toBe("gzip");
  const { data } = JSON.parse(gunzipSync(answer.body).toString()).outputs[0];
  const found = Buffer.from(bytesOf(Float32Array.from(data)));
  expect(found.equals(bytesOf(head.forward(many)))).toBe(true);
});

test.each([
  [undefined, "identity"],
  ["", "identity"],
  ["gzip", "gzip"],
  ["gzip, deflate, br", "gzip"],
  ["deflate, gzip", "deflate"],
  ["gzip;q=0.5, deflate;q=0.8", "deflate"],
  ["GZIP; q=1", "gzip"],
  ["gzip;q=0", "identity"],
  ["identity;q=0.5, gzip;q=0.1", "identity"],
  ["br, zstd", "identity"],
  ["gzip;q=much", "identity"],
  [",;,;q=1", "identity"],
])("of %j %s is taken", (header, encoding) => {
  expect(acceptedEncoding(header)).toBe(encoding);
});

test("chunks of any size, down to single bytes", async () => {
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const heard: Buffer[] = [];
    const socket = connect(client.port, "127.0.0.1", () => {
      socket.write(
        `POST ${INFER} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\nInference-Header-Content-Length: ${request.headers["inference-header-content-length"]}\r\n\r\n`,
      );
      for (const byte of request.body) socket.write(Buffer.of(0x31, 13, 10, byte, 13, 10));
      socket.write("0\r\n\r\n");
    });
    socket.on("data", (chunk) => heard.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(heard)));
  });
  expect(answer.toString("latin1")).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer.subarray(-expected.length).equals(expected)).toBe(true);
});
