import { METHODS } from "node:http";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { bytesOf, headOf, rowsOf } from "../support/models.js";
import { binaryBody, restOver } from "../support/rest.js";

const LIMIT = 100_000;
const { client } = await restOver({ m: headOf() }, { bodyLimit: LIMIT });
const INFER = "/v2/models/m/infer";
const x = rowsOf(1, 20);

const input = { name: "features", datatype: "FP32", shape: [1, 20], data: [...x] };
const raw = { ...input, data: undefined, parameters: { binary_data_size: 80 } };
const bytes = bytesOf(x);

async function expectRefusal(
  answer: Promise<{ status: number; json: object }>,
  status: number,
  error: RegExp,
) {
  const { status: found, json } = await answer;
  expect({ status: found, json }).toEqual({ status, json: { error: expect.stringMatching(error) } });
}

test.each<[string, string | object, RegExp]>([
  ["no body", "", /byte 0 of the JSON: the request must be an object/],
  ["no JSON", "features=1", /must be an object/],
  ["an array", [], /must be an object/],
  ["JSON that ends early", '{"inputs":[{"name":"fea', /does not end/],
  ["two objects", `${JSON.stringify({ inputs: [input] })}{}`, /follows/],
  ["a key twice", '{"id":"1","id":"2"}', /"id" twice/],
  ["an input's key twice", '{"inputs":[{"name":"a","name":"b"}]}', /"name" twice/],
  ["no inputs", {}, /has no inputs/],
  ["an empty list of inputs", { inputs: [] }, /has no inputs/],
  ["inputs that are no list", { inputs: {} }, /inputs must be an array/],
  ["an input that is no object", { inputs: [1] }, /inputs\[0\] must be an object/],
  ["a number as id", { id: 7, inputs: [input] }, /id must be a string/],
  ["null as id", { id: null, inputs: [input] }, /id must be a string/],
  ["no name", { inputs: [{ ...input, name: undefined }] }, /has no name/],
  ["no datatype", { inputs: [{ ...input, datatype: undefined }] }, /has no datatype/],
  ["no shape", { inputs: [{ ...input, shape: undefined }] }, /has no shape/],
  ["no data", { inputs: [{ ...input, data: undefined }] }, /neither data nor/],
  ["null data", { inputs: [{ ...input, data: null }] }, /data must be an array/],
  ["null in the data", { inputs: [{ ...input, data: [null] }] }, /has null.*"NaN"/],
  ["both kinds of data", { inputs: [{ ...raw, data: [...x] }] }, /has both data and/],
  [
    "too few elements",
    { inputs: [{ ...input, data: [1, 2] }] },
    /2 elements, but the shape \[1, 20\] has 20/,
  ],
  ["a turned nesting", { inputs: [{ ...input, data: [...x].map((v) => [v]) }] }, /nested as \[20, 1\]/],
  ["another shape", { inputs: [{ ...input, shape: [20] }] }, /shape is \[20\], but the model "m" takes/],
  ["a negative dimension", { inputs: [{ ...input, shape: [-1, 20] }] }, /must be integers from 0/],
  ["a broken dimension", { inputs: [{ ...input, shape: [1.5, 20] }] }, /must be integers from 0/],
  [
    "a dimension beyond counting",
    { inputs: [{ ...input, shape: [2 ** 53, 20] }] },
    /must be integers from 0/,
  ],
  [
    "dimensions beyond counting",
    { inputs: [{ ...raw, shape: Array(8).fill(2 ** 52) }] },
    /Inference-Header|more elements/,
  ],
  [
    "too many dimensions",
    { inputs: [{ ...input, shape: Array(10_000).fill(1) }] },
    /more than 16 dimensions/,
  ],
  ["a shape of strings", { inputs: [{ ...input, shape: ["1", 20] }] }, /shape must be a number/],
  ["a datatype that there is not", { inputs: [{ ...input, datatype: "FP33" }] }, /"FP33" is none of/],
  ["strings as features", { inputs: [{ ...input, datatype: "BYTES", data: ["a"] }] }, /only "NaN"/],
  ["a float beyond FP32", { inputs: [{ ...input, data: [1e39] }] }, /too large/],
  [
    "the same behind its data",
    `{"inputs":[{"name":"features","shape":[1,20],"data":[1e39${",0".repeat(19)}],"datatype":"FP32"}]}`,
    /too large for FP32/,
  ],
  ["another input", { inputs: [{ ...input, name: "pixels" }] }, /takes one input, "features"/],
  ["an input twice", { inputs: [input, input] }, /takes one input/],
  ["an output that there is not", { inputs: [input], outputs: [{ name: "classes" }] }, /no output "classes"/],
  ["an output twice", { inputs: [input], outputs: [{ name: "logits" }, { name: "logits" }] }, /twice/],
  ["an output without a name", { inputs: [input], outputs: [{}] }, /outputs\[0\] has no name/],
  [
    "half a class",
    { inputs: [input], outputs: [{ name: "logits", parameters: { classification: 0.5 } }] },
    /number of classes/,
  ],
  [
    "a word for binary_data",
    { inputs: [input], outputs: [{ name: "logits", parameters: { binary_data: "yes" } }] },
    /must be true or false/,
  ],
  [
    "a word for binary_data_output",
    { inputs: [input], parameters: { binary_data_output: "yes" } },
    /true or false/,
  ],
  ["a list as parameter", { inputs: [input], parameters: { a: [] } }, /must be a string, a number/],
  [
    "shared memory",
    { inputs: [{ ...raw, parameters: { shared_memory_region: "r", shared_memory_byte_size: 80 } }] },
    /shared memory/,
  ],
  ["bytes that are not there", { inputs: [raw] }, /binary_data_size is 80, but of the body 0 bytes are left/],
  ["a negative size", { inputs: [{ ...raw, parameters: { binary_data_size: -80 } }] }, /number of bytes/],
  ["a size as text", { inputs: [{ ...raw, parameters: { binary_data_size: "80" } }] }, /number of bytes/],
  ["a deep key", `{"more":${"[".repeat(50_000)}`, /deeper than/],
  ["a string with a line break", '{"id":"a\nb"}', /control character/],
  ["an escape that there is not", '{"id":"\\x"}', /escape/],
])("400: %s", (_, body, error) => expectRefusal(client.post(INFER, body), 400, error));

test("400: bytes and headers that do not fit each other", async () => {
  const { body, headers } = binaryBody({ inputs: [raw] }, bytes);
  const post = (sent: Uint8Array, length: string) =>
    client.post(INFER, sent, { ...headers, "inference-header-content-length": length });
  const length = headers["inference-header-content-length"];
  await expectRefusal(post(body.subarray(0, -1), length), 400, /79 bytes are left/);
  await expectRefusal(post(Buffer.concat([body, Buffer.of(0)]), length), 400, /1 bytes of the body belong/);
  await expectRefusal(post(body, String(body.length + 1)), 400, /but the body has/);
  await expectRefusal(post(body, String(Number(length) - 1)), 400, /JSON/);
  for (const bad of ["-1", "1e2", "", "ten", "99999999999999999999"]) {
    await expectRefusal(post(body, bad), 400, /must be a number of bytes/);
  }
  await expectRefusal(post(bytes.subarray(1), "0"), 400, /79 bytes, which are no FP32 \[-1, 20\]/);
  const wrong = binaryBody({ inputs: [{ ...raw, datatype: "FP64" }] }, bytes);
  await expectRefusal(client.post(INFER, wrong.body, wrong.headers), 400, /20 elements of FP64 are 160/);
  const invalid = Buffer.from('{"id":"\xff"}', "latin1");
  await expectRefusal(client.post(INFER, invalid), 400, /UTF-8/);
});

test("404 for models, versions and paths that there are not", async () => {
  const body = { inputs: [input] };
  await expectRefusal(client.post("/v2/models/other/infer", body), 404, /no model "other"/);
  await expectRefusal(client.post("/v2/models/m/versions/7/infer", body), 404, /no version "7"/);
  await expectRefusal(client.get("/v2/models/other"), 404, /no model "other"/);
  await expectRefusal(client.get("/v2/models/other/ready"), 404, /no model "other"/);
  await expectRefusal(client.get("/v2/models/m/versions/7"), 404, /no version "7"/);
  await expectRefusal(client.get("/v3"), 404, /nothing at \/v3/);
  await expectRefusal(client.post("/v2/repository/index", {}), 404, /nothing at/);
  await expectRefusal(client.get(`/v2/models/${"a".repeat(5000)}`), 400, /a{20}/);
  await expectRefusal(client.get("/v2/models/%zz"), 400, /./);
});

test("405 with the methods that there are", async () => {
  const answer = await client.get(INFER);
  expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
  expect(answer.json.error).toMatch(/GET is not for/);
  const other = await client.post("/v2/health/live", {});
  expect([other.status, other.headers.allow]).toEqual([405, "GET, HEAD"]);
});

// CONNECT asks for a tunnel, and gets a closed connection.
test.each(METHODS.filter((method) => method !== "CONNECT"))(
  "%s of a path that there is gives 405 or what is there, of another 404",
  async (method) => {
    for (const [url, allowed] of [
      [INFER, ["POST"]],
      ["/v2", ["GET", "HEAD"]],
    ] as const) {
      const { status, headers } = await client.send(method, url);
      if ((allowed as readonly string[]).includes(method)) expect(status).not.toBe(405);
      else expect([status, headers.allow], url).toEqual([405, allowed.join(", ")]);
    }
    expect((await client.send(method, "/v3")).status).toBe(404);
  },
);

test("413 for what is too large, before or after decompression", async () => {
  const zeros = Buffer.alloc(LIMIT + 1);
  await expectRefusal(client.post(INFER, zeros), 413, /larger than 100000 bytes/);
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  await expectRefusal(
    client.post(INFER, bomb, { "content-encoding": "gzip" }),
    413,
    /when it is decompressed/,
  );
  const chunked = await fetch(client.url + INFER, {
    method: "POST",
    body: new Blob([zeros, zeros]).stream(),
    duplex: "half",
  } as RequestInit);
  expect([chunked.status, await chunked.json()]).toEqual([413, { error: expect.stringMatching(/larger/) }]);
});

test("415 for content that is nothing of ours, 400 for content that is not what it says", async () => {
  const body = JSON.stringify({ inputs: [input] });
  const post = (headers: Record<string, string>, sent: string | Uint8Array = body) =>
    client.post(INFER, sent, headers);
  for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/xml", "json"]) {
    await expectRefusal(post({ "content-type": type }), 415, /./);
  }
  await expectRefusal(
    post({ "content-type": "application/json, text/plain" }),
    415,
    /not one content type; send application\/json/,
  );
  await expectRefusal(post({ "content-encoding": "br" }), 415, /"br" is none of gzip, deflate/);
  await expectRefusal(post({ "content-encoding": "gzip, gzip" }), 415, /none of/);
  await expectRefusal(post({ "content-encoding": "gzip" }), 400, /not gzip/);
  await expectRefusal(post({ "content-encoding": "deflate" }, deflateRawSync(body)), 400, /not deflate/);
  await expectRefusal(
    post({ "content-encoding": "deflate" }, deflateSync(body).subarray(0, 50)),
    400,
    /not deflate/,
  );
  for (const type of [
    "application/json; charset=utf-8",
    "application/x-www-form-urlencoded",
    "APPLICATION/JSON",
  ]) {
    expect((await post({ "content-type": type })).status, type).toBe(200);
  }
});
