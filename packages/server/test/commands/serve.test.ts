import { once } from "node:events";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { type Served, serve } from "../support/command.js";
import { bytesOf, folderOf, headOf, rowsOf } from "../support/models.js";

const head = headOf();
const folder = folderOf({ "digits.safetensors": head.toSafetensors() });
const MODEL = ["--model", join(folder, "digits.safetensors")];

/** A client with connections of its own. */
function clientOf({ ports }: Served) {
  const agent = new Agent({ connections: 4, keepAliveTimeout: 60_000 });
  onTestFinished(() => agent.destroy());
  const ask = async (
    method: "GET" | "POST",
    path: string,
    body?: Buffer,
    headers: Record<string, string> = {},
  ) => {
    const url = `http://127.0.0.1:${ports.REST}${path}`;
    const {
      statusCode,
      headers: got,
      body: answer,
    } = await request(url, {
      ...{ dispatcher: agent, method, headers },
      ...(body && { body }),
    });
    return { status: statusCode, headers: got, bytes: Buffer.from(await answer.arrayBuffer()) };
  };
  const infer = (x: Float32Array) => {
    const outputs = [{ name: "logits", parameters: { binary_data: true } }];
    const parameters = { binary_data_size: x.byteLength };
    const inputs = [{ name: "features", datatype: "FP32", shape: [x.length / 20, 20], parameters }];
    const json = Buffer.from(JSON.stringify({ inputs, outputs }));
    return ask("POST", "/v2/models/digits/infer", Buffer.concat([json, bytesOf(x)]), {
      "inference-header-content-length": String(json.length),
    });
  };
  return { ask, infer, get: (path: string) => ask("GET", path) };
}

const logitsIn = ({ bytes, headers }: { bytes: Buffer; headers: Record<string, unknown> }) =>
  bytes.subarray(Number(headers["inference-header-content-length"]));

test("answers with the head's bits, counts it, and ends whole at SIGINT", async () => {
  const served = await serve(MODEL);
  const { infer, get } = clientOf(served);
  expect((await get("/v2/health/ready")).status).toBe(200);
  const x = rowsOf(3, 20);
  const answer = await infer(x);
  expect(Buffer.compare(logitsIn(answer), bytesOf(head.forward(x)))).toBe(0);
  const metrics = (await get("/metrics")).bytes.toString();
  expect(metrics).toContain('fixed_classifier_rows_total{model="digits",version="1"} 3');
  expect(metrics).toContain("fixed_classifier_ready 1");
  expect(served.log.map(({ level }) => level)).not.toContain(40);
  served.process.kill("SIGINT");
  expect(await served.ended()).toEqual({ status: 0, signal: null });
  expect(served.log.at(-1)).toMatchObject({ msg: "stopped" });
});

test("a terminal that is closed ends it whole, too", async () => {
  const served = await serve([...MODEL, "--drain", "0"]);
  served.process.kill("SIGHUP");
  expect(await served.ended()).toEqual({ status: 0, signal: null });
});

test("SIGTERM under load: not ready, but as long as the drain delay lasts every request is answered", async () => {
  const served = await serve([...MODEL, "--drain", "2"]);
  const { infer, get } = clientOf(served);
  let end = Number.POSITIVE_INFINITY;
  let late = 0;
  let told = 0;
  const loop = async (seed: number) => {
    const x = rowsOf(2, 20, seed);
    const expected = bytesOf(head.forward(x));
    while (performance.now() < end) {
      const answer = await infer(x);
      expect(answer.status).toBe(200);
      expect(Buffer.compare(logitsIn(answer), expected)).toBe(0);
      if (Number.isFinite(end)) late++;
      if (answer.headers.connection === "close") told++;
    }
  };
  const loops = Promise.all([1, 2, 3, 4].map(loop));
  await sleep(300);
  served.process.kill("SIGTERM");
  await served.said("draining");
  // A load balancer has seen it by then.
  end = performance.now() + 1500;
  const { status, headers } = await get("/v2/health/ready");
  expect([status, headers.connection]).toEqual([503, "close"]);
  expect((await get("/v2/health/live")).headers.connection).toBe("close");
  await loops;
  expect(await served.ended()).toEqual({ status: 0, signal: null });
  expect(late).toBeGreaterThan(10);
  expect(told).toBeGreaterThan(10);
});

test("a request that has begun when the server stops listening is answered", async () => {
  const served = await serve([...MODEL, "--drain", "0"]);
  const body = JSON.stringify({
    inputs: [{ name: "features", datatype: "FP32", shape: [1, 20], data: Array.from(rowsOf(1, 20)) }],
  });
  const socket = createConnection(served.ports.REST, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  const length = Buffer.byteLength(body);
  socket.write(`POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n{`);
  await sleep(300);
  served.process.kill("SIGTERM");
  await served.said("draining");
  await sleep(1000);
  const refused = createConnection(served.ports.REST, "127.0.0.1");
  await expect(once(refused, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  socket.write(body.slice(1));
  expect(await served.ended()).toEqual({ status: 0, signal: null });
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer).toMatch(/connection: close/i);
  expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))).outputs[0].shape).toEqual([1, 7]);
});

test("connections that nobody uses do not hold the end up, a request that does not end only for its time", async () => {
  const file = folderOf({ "server.yaml": "shutdown: { drainSeconds: 0, finishSeconds: 3 }" });
  const served = await serve([...MODEL, "--config", join(file, "server.yaml")]);
  const { infer } = clientOf(served);
  await infer(rowsOf(1, 20));
  const silent = createConnection(served.ports.REST, "127.0.0.1");
  await once(silent, "connect");
  const start = performance.now();
  served.process.kill("SIGTERM");
  expect(await served.ended()).toEqual({ status: 0, signal: null });
  expect(performance.now() - start).toBeLessThan(2500);

  const other = await serve([...MODEL, "--config", join(file, "server.yaml")]);
  const half = createConnection(other.ports.REST, "127.0.0.1");
  half.on("error", () => {});
  half.write("POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
  await sleep(200);
  other.process.kill("SIGTERM");
  expect(await other.ended()).toEqual({ status: 1, signal: null });
  expect(other.log.at(-1)).toMatchObject({ level: 50, requests: 1 });
});

test("a second signal ends it at once", async () => {
  const served = await serve([...MODEL, "--drain", "60"]);
  served.process.kill("SIGTERM");
  await served.said("draining");
  served.process.kill("SIGTERM");
  expect(await served.ended()).toEqual({ status: 143, signal: null });
});

test("beyond this machine it says so; a key is wanted where there are keys", async () => {
  const keys = folderOf({ "keys.txt": "0123456789abcdef\n" });
  const served = await serve([
    ...MODEL,
    "--host",
    "0.0.0.0",
    "--keys",
    join(keys, "keys.txt"),
    "--access-log",
  ]);
  expect(served.log).toContainEqual(
    expect.objectContaining({ level: 40, msg: expect.stringMatching(/0\.0\.0\.0 can be reached/) }),
  );
  const { ask, get } = clientOf(served);
  for (const path of ["/v2", "/metrics", "/v2/models/digits", "/nothing"]) {
    expect((await get(path)).status, path).toBe(401);
    const status = path === "/nothing" ? 404 : 200;
    expect((await ask("GET", path, undefined, { "x-api-key": "0123456789abcdef" })).status).toBe(status);
    expect((await ask("GET", path, undefined, { authorization: "Bearer 0123456789abcdef" })).status).toBe(
      status,
    );
    expect((await ask("GET", path, undefined, { authorization: "Bearer 0123456789abcdeF" })).status).toBe(
      401,
    );
  }
  expect((await get("/v2/health/ready")).status).toBe(200);
  expect((await get("/v2/health/live")).status).toBe(200);
});

test.each([
  [["--model", "/nowhere.safetensors"], /there is no such file/],
  [["--model", "x=", "--no-grpc"], /has no path/],
  [[...MODEL, "--drain", "x"], /a number is expected/],
  [[...MODEL, "--tls-key", "x"], /tls must have required property 'certificate'/],
])("%j ends with a message", async (args, message) => {
  const served = await serve(args, false);
  let text = "";
  served.process.stderr?.on("data", (chunk) => {
    text += chunk;
  });
  expect(await served.ended()).toEqual({ status: 1, signal: null });
  expect(text).toMatch(message);
  expect(text).not.toMatch(/ at .*\.js/);
});

test("a port that is taken is said to be", async () => {
  const { ports } = await serve(MODEL);
  const other = await serve([...MODEL, "--port", String(ports.REST)], false);
  let text = "";
  other.process.stderr?.on("data", (chunk) => {
    text += chunk;
  });
  expect(await other.ended()).toEqual({ status: 1, signal: null });
  expect(text).toMatch(/REST cannot listen on 127.0.0.1:\d+: the port is taken/);
});
