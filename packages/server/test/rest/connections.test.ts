import { connect } from "node:net";
import { expect, test } from "vitest";
import { headOf, rowsOf } from "../support/models.js";
import { listening, restOver, spoken } from "../support/rest.js";

const { client, inference } = await restOver(
  { m: headOf() },
  { headersTimeout: 300, requestTimeout: 600, stallTimeout: 1500 },
);
const { port } = client;
const json = JSON.stringify({
  inputs: [{ name: "features", datatype: "FP32", shape: [1, 20], data: [...rowsOf(1, 20)] }],
  outputs: [{ name: "logits", parameters: { classification: 1 } }],
});
const POST = `POST /v2/models/m/infer HTTP/1.1\r\nHost: a\r\nContent-Length: ${json.length}\r\n`;
const whole = `${POST}\r\n${json}`;

const isAlive = async () => (await client.get("/v2/health/live")).status === 200;
const errorOf = (heard: string) => JSON.parse(heard.slice(heard.indexOf("\r\n\r\n") + 4));

test("several requests in one packet are answered in their order", async () => {
  const heard = await spoken(port, whole + whole + whole);
  expect(heard.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
});

test("a client that closes its half after the request is answered", async () => {
  const heard = await new Promise<string>((resolve) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.end(whole));
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
  });
  expect(heard).toMatch(/^HTTP\/1\.1 200/);
});

test("a client that closes its half in mid-request, or goes, harms nobody", async () => {
  for (const end of ["end", "destroy", "resetAndDestroy"] as const) {
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(`${POST}\r\n${json.slice(0, 50)}`, () => socket[end]());
      });
      socket.on("error", () => {});
      socket.on("data", (chunk) => expect(chunk.toString()).toMatch(/^HTTP\/1\.1 4/));
      socket.on("close", () => resolve());
    });
    expect(await isAlive()).toBe(true);
  }
});

test.each([
  ["nothing", "", ""],
  ["half a header", "POST /v2/models/m/infer HTTP/1.1\r\nHost: a\r\nContent-Le", "408"],
  ["headers without their body", `${POST}\r\n`, "408"],
  ["half a body", `${POST}\r\n${json.slice(0, 50)}`, "408"],
])("a client that sends %s and waits is sent away", async (_, bytes, status) => {
  const heard = await spoken(port, bytes, 8000);
  if (status === "") return;
  expect(heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(errorOf(heard)).toEqual({ error: "the request did not come in time" });
});

const header = (line: string) => `GET /v2 HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`;

test.each([
  ["a long header", header(`X: ${"a".repeat(100_000)}`), 431],
  ["many headers", header(Array.from({ length: 3000 }, (_, i) => `X-${i}: a`).join("\r\n")), 431],
  ["no HTTP", "HELO example.org\r\n\r\n", 400],
  ["TLS", Buffer.from("16030100c8010000c40303", "hex"), 400],
  ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["two lengths", header("Content-Length: 3\r\nContent-Length: 4"), 400],
  ["a length that is no number", header("Content-Length: ten"), 400],
  ["a negative length", header("Content-Length: -1"), 400],
  ["length and chunks", header("Content-Length: 3\r\nTransfer-Encoding: chunked"), 400],
  ["a chunk of no size", `${POST.replace(/Content-Length.*/, "Transfer-Encoding: chunked")}\r\nzz\r\n`, 400],
  ["a folded header", header("X: a\r\n b"), 400],
  ["a null in a header", header("X: \0"), 400],
  ["no host", "GET /v2 HTTP/1.1\r\n\r\n", 400],
  ["an expectation", header("Expect: the-unexpected"), 400],
  ["a path that is none", "GET v2 HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  ["a method that there is not", "INFER /v2 HTTP/1.1\r\nHost: a\r\n\r\n", 400],
])("%s is refused", async (_, bytes, status) => {
  const heard = await spoken(port, bytes);
  expect(heard.slice(0, 13)).toBe(`HTTP/1.1 ${status} `);
  expect(errorOf(heard)).toEqual({ error: expect.any(String) });
  expect(await isAlive()).toBe(true);
});

test("a client that reads nothing is cut off when its answers fill the line", async () => {
  const other = await listening(inference, { stallTimeout: 1000 });
  const socket = connect(other.port, "127.0.0.1", () => {
    socket.pause();
    socket.write("GET /v2/models/m HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100_000));
  });
  socket.on("error", () => {});
  await expect.poll(() => other.connections(), { timeout: 30_000 }).toBe(1);
  await expect.poll(() => other.connections(), { timeout: 60_000 }).toBe(0);
  socket.destroy();
  expect(await isAlive()).toBe(true);
});
