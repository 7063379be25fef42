import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { InferenceError } from "../../src/inference/errors.js";
import type { Gate } from "../../src/inference/services.js";
import { ApiKeys } from "../../src/security/index.js";
import { bytesOf, headOf, rowsOf, serving } from "../support/models.js";
import { binaryBody, listening } from "../support/rest.js";

const { inference, models } = await serving({ m: headOf() });
const KEY = "0123456789abcdef";

/** A gate that counts. */
class CountingGate implements Gate {
  isDraining = false;
  bytes = 0;
  requests = 0;
  room = Number.POSITIVE_INFINITY;
  readonly failures: [string, string][] = [];

  enter(bytes: number): void {
    this.grow(bytes);
    this.requests++;
  }

  grow(bytes: number): void {
    if (this.bytes + bytes > this.room) throw new InferenceError("exhausted", "full", { retryAfter: 7 });
    this.bytes += bytes;
  }

  leave(bytes: number): void {
    this.bytes -= bytes;
    this.requests--;
  }

  failed(error: InferenceError, model: string): void {
    this.failures.push([error.failure, model]);
  }
}

const gate = new CountingGate();
const client = await listening(inference, {
  gate,
  repository: models,
  metrics: { contentType: "text/plain; version=0.0.4", render: async () => "rows 1\n" },
});
const INFER = "/v2/models/m/infer";
const x = rowsOf(1, 20);
const body = { inputs: [{ name: "features", datatype: "FP32", shape: [1, 20], data: [...x] }] };
const raw = { name: "features", datatype: "FP32", shape: [1, 20], parameters: { binary_data_size: 80 } };

test("the server, its health, its models, with and without a slash at the end", async () => {
  expect((await client.get("/v2")).json).toEqual({
    name: "fixed-classifier",
    version: inference.version,
    extensions: inference.extensions,
  });
  expect((await client.get("/v2/")).status).toBe(200);
  expect((await client.get("/v2/health/live")).json).toEqual({ live: true });
  expect((await client.get("/v2/health/ready")).json).toEqual({ ready: true });
  expect((await client.get("/v2/models/m/ready")).json).toEqual({ name: "m", ready: true });
  for (const path of ["/v2/models/m", "/v2/models/m/versions/1", "/v2/models/m/"]) {
    expect((await client.get(path)).json, path).toEqual(inference.metadata("m", ""));
  }
  const { status, text } = await client.get("/metrics");
  expect([status, text]).toEqual([200, "rows 1\n"]);
  expect((await fetch(`${client.url}/v2/health/ready`, { method: "HEAD" })).status).toBe(200);
});

test("a version in the path answers as the newest does", async () => {
  const [named, newest] = [
    await client.post("/v2/models/m/versions/1/infer", body),
    await client.post(INFER, body),
  ];
  expect(named.status).toBe(200);
  expect(named.json).toEqual(newest.json);
});

test("models go and come by the repository, and nothing is ready meanwhile", async () => {
  const index = async (request: object) => (await client.post("/v2/repository/index", request)).json;
  expect(await index({})).toEqual([{ name: "m", version: "1", state: "READY", reason: "" }]);
  expect((await client.post("/v2/repository/models/m/unload")).status).toBe(200);
  expect(await index({})).toMatchObject([{ name: "m", state: "UNAVAILABLE" }]);
  expect(await index({ ready: true })).toEqual([]);
  const gone = await client.post(INFER, body);
  expect([gone.status, gone.headers["retry-after"]]).toEqual([503, "1"]);
  expect((await client.get("/v2/models/m/ready")).status).toBe(503);
  expect((await client.post("/v2/repository/models/m/load", {})).status).toBe(200);
  expect((await client.post(INFER, body)).status).toBe(200);
  const parameters = await client.post("/v2/repository/models/m/load", { parameters: { config: "{}" } });
  expect(parameters.status).toBe(400);
  expect((await client.post("/v2/repository/models/other/load", {})).status).toBe(404);
  expect((await client.post("/v2/repository/index", "[")).status).toBe(400);
});

test("what entered the gate has left it when the answer is there, whatever the answer is", async () => {
  const { body: bytes, headers } = binaryBody({ inputs: [raw] }, bytesOf(x));
  const stream = () => new Blob([JSON.stringify(body)]).stream();
  for (const send of [
    () => client.post(INFER, bytes, headers),
    () => client.post(INFER, "no JSON"),
    () => client.post(INFER, "no gzip", { "content-encoding": "gzip" }),
    () => client.post(INFER, "text", { "content-type": "text/plain" }),
    () => fetch(client.url + INFER, { method: "POST", body: stream(), duplex: "half" } as RequestInit),
  ]) {
    await send();
    expect([gate.bytes, gate.requests]).toEqual([0, 0]);
  }
});

test("who announces much and sends nothing keeps nobody out; what comes is counted as it comes", async () => {
  gate.room = 2 ** 19;
  const { port } = new URL(client.url);
  const announced = `POST ${INFER} HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 ** 20}\r\n\r\n.`;
  const sockets = Array.from({ length: 4 }, () => connect(Number(port), "127.0.0.1").resume());
  for (const socket of sockets) socket.write(announced);
  await vi.waitFor(() => expect(gate.requests).toBe(4));
  expect((await client.post(INFER, body)).status).toBe(200);
  expect((await client.post(INFER, " ".repeat(2 ** 20))).status).toBe(503);
  for (const socket of sockets) socket.destroy();
  await vi.waitFor(() => expect([gate.bytes, gate.requests]).toEqual([0, 0]));
  gate.room = Number.POSITIVE_INFINITY;
});

test("an answer that nobody reads is counted until it has gone", async () => {
  const rows = 2 ** 17;
  const { body: bytes, headers } = binaryBody(
    {
      inputs: [{ ...raw, datatype: "INT8", shape: [rows, 20], parameters: { binary_data_size: rows * 20 } }],
      parameters: { binary_data_output: true },
    },
    new Uint8Array(rows * 20),
  );
  const fields = { host: "x", "content-length": bytes.length, ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(Number(new URL(client.url).port), "127.0.0.1").pause();
  socket.write(`POST ${INFER} HTTP/1.1\r\n${lines.join("")}\r\n`);
  socket.write(bytes);
  const answer = 2 * rows * 7 * 4;
  await vi.waitFor(() => expect(gate.bytes).toBe(bytes.length + answer), 10_000);
  socket.destroy();
  await vi.waitFor(() => expect([gate.bytes, gate.requests]).toEqual([0, 0]));
});

test("503 with when to try again while there is no room; the connection stays usable", async () => {
  gate.room = 10;
  const refused = await client.post(INFER, body);
  expect([refused.status, refused.headers["retry-after"], refused.json]).toEqual([
    503,
    "7",
    { error: "full" },
  ]);
  expect(refused.headers.connection).toBe("keep-alive");
  const stream = new Blob([JSON.stringify(body)]).stream();
  const chunked = await fetch(client.url + INFER, {
    method: "POST",
    body: stream,
    duplex: "half",
  } as RequestInit);
  expect(chunked.status).toBe(503);
  gate.room = 2000;
  const zeros = gzipSync(Buffer.alloc(1_000_000));
  expect((await client.post(INFER, zeros, { "content-encoding": "gzip" })).status).toBe(503);
  expect([gate.bytes, gate.requests]).toEqual([0, 0]);
  expect((await client.get("/v2/health/live")).status).toBe(200);
  gate.room = Number.POSITIVE_INFINITY;
  expect((await client.post(INFER, body)).status).toBe(200);
  expect([gate.bytes, gate.requests]).toEqual([0, 0]);
});

test("every failure is told once, with the model that was asked for", async () => {
  gate.failures.length = 0;
  await client.post(INFER, "");
  await client.get("/v2/models/other");
  await client.get("/v2/nothing");
  await client.get(INFER);
  expect(gate.failures).toEqual([
    ["invalid", "m"],
    ["not-found", "other"],
    ["not-found", ""],
    ["method-not-allowed", "m"],
  ]);
});

test("while it drains each answer says that the connection closes", async () => {
  gate.isDraining = true;
  const answers = [client.post(INFER, body), client.post(INFER, ""), client.get("/v2"), client.get("/v3")];
  for (const { headers } of await Promise.all(answers)) expect(headers.connection).toBe("close");
  gate.isDraining = false;
});

test("what is unforeseen is a 500 that tells nothing", async () => {
  const broken = Object.create(inference, {
    infer: { value: () => Promise.reject(new Error("secret")) },
    metadata: {
      value: () => {
        throw new TypeError("secret");
      },
    },
  });
  const other = await listening(broken);
  for (const { status, text } of [await other.post(INFER, body), await other.get("/v2/models/m")]) {
    expect(status).toBe(500);
    expect(text).not.toContain("secret");
  }
});

test("answers that come later, and a client that goes first", async () => {
  let aborted = false;
  const late = Object.create(inference, {
    infer: {
      value: async (request: Parameters<typeof inference.infer>[0]) => {
        request.signal?.addEventListener("abort", () => {
          aborted = true;
        });
        await new Promise((resolve) => setTimeout(resolve, 100));
        return inference.infer(request);
      },
    },
  });
  const inside = new CountingGate();
  const other = await listening(late, { gate: inside });
  expect((await other.post(INFER, body)).json).toEqual((await client.post(INFER, body)).json);
  expect(aborted).toBe(false);

  const controller = new AbortController();
  const gone = fetch(other.url + INFER, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: controller.signal,
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  controller.abort();
  await expect(gone).rejects.toThrow();
  await expect.poll(() => [aborted, inside.bytes, inside.requests]).toEqual([true, 0, 0]);
  expect(inside.failures).toEqual([]);
});

test("a request has the trace of its client", async () => {
  const seen: unknown[] = [];
  const traced = Object.create(inference, {
    infer: {
      value: (request: Parameters<typeof inference.infer>[0]) => {
        seen.push(request.traceparent, request.tracestate);
        return inference.infer(request);
      },
    },
  });
  const other = await listening(traced);
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  expect((await other.post(INFER, body, { traceparent, tracestate: "a=b" })).status).toBe(200);
  await other.post(INFER, body);
  expect(seen).toEqual([traceparent, "a=b", undefined, undefined]);
});

test("bytes of requests that wait are not those of requests that come after", async () => {
  const late = Object.create(inference, {
    infer: {
      value: async (request: Parameters<typeof inference.infer>[0]) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return inference.infer(request);
      },
    },
  });
  const other = await listening(late);
  const asked = Array.from({ length: 8 }, async (_, seed) => {
    // Names of all lengths, so that the bytes lie at all offsets.
    const parameters = { name: "x".repeat(seed) };
    const { body: bytes, headers } = binaryBody({ inputs: [raw], parameters }, bytesOf(rowsOf(1, 20, seed)));
    const compressed = seed % 2 === 0 ? { "content-encoding": "gzip" } : {};
    const sent = seed % 2 === 0 ? gzipSync(bytes) : bytes;
    const [slow, direct] = await Promise.all([
      other.post(INFER, sent, { ...headers, ...compressed }),
      client.post(INFER, bytes, headers),
    ]);
    expect(slow.status, slow.text).toBe(200);
    expect(slow.json).toEqual(direct.json);
    return slow.text;
  });
  expect(new Set(await Promise.all(asked)).size).toBe(8);
});

test("with API keys all but health wants one", async () => {
  const locked = await listening(inference, { security: { keys: new ApiKeys([KEY]) } });
  expect((await locked.get("/v2/health/live")).status).toBe(200);
  expect((await locked.get("/v2/health/ready")).status).toBe(200);
  for (const answer of [await locked.get("/v2"), await locked.post(INFER, body), await locked.get("/v3")]) {
    expect([answer.status, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
    expect(answer.json.error).toMatch(/API key/);
  }
  expect((await locked.post(INFER, body, { "x-api-key": KEY })).status).toBe(200);
  expect((await locked.post(INFER, body, { authorization: `Bearer ${KEY}` })).status).toBe(200);
  expect((await locked.post(INFER, body, { "x-api-key": "other" })).status).toBe(401);
});
