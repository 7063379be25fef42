import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { MAX_BODY_BYTES, MAX_ROWS } from "../src/limits.js";
import { rowsOf, toLists } from "./support/model.js";
import { address, ask, bytesOf, FLOAT32, post, problemOf, useWorker } from "./support/worker.js";

useWorker();

/** A batch of no rows that fills so many bytes. */
const padded = (length: number): string => '{ "features": [] }'.padEnd(length);

/** In pieces and without a length: HTTP sends it in chunks. */
const inChunks = (text: string, size = 50_000): ReadableStream =>
  new ReadableStream({
    start(controller) {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size));
      controller.close();
    },
  });

test("a body may be as long as the limit, with and without its length in the header", async () => {
  expect((await post(padded(MAX_BODY_BYTES))).status).toBe(200);
  expect((await post(inChunks(padded(MAX_BODY_BYTES)))).status).toBe(200);
});

test("a byte more is refused by the header", async () => {
  const response = await post(padded(MAX_BODY_BYTES + 1));
  expect(response.status).toBe(413);
  expect(await problemOf(response)).toMatchObject({
    title: "Content Too Large",
    code: "body-too-large",
    detail: "a body may have 524288 bytes, and this one has 524289 bytes: send fewer rows a request",
  });
});

test("… and without one while it is read", async () => {
  const response = await post(inChunks(padded(MAX_BODY_BYTES + 1)));
  expect(response.status).toBe(413);
  expect(await problemOf(response)).toMatchObject({
    code: "body-too-large",
    detail: "a body may have 524288 bytes, and this one has more: send fewer rows a request",
  });
});

test("a long body is refused before any of it has come", async () => {
  const { hostname, port } = address("/");
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /classify HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n`,
  );
  const [data] = await once(socket, "data");
  expect(String(data)).toMatch(/^HTTP\/1\.1 413 /);
  socket.destroy();
  expect((await ask("/health")).status).toBe(200);
});

test("a body without an end is not read to its end", async () => {
  const sending = request(address("/classify"), {
    method: "POST",
    headers: { "Content-Type": FLOAT32, "Transfer-Encoding": "chunked" },
  });
  /** What ends it: an answer, or that the connection is closed under what is still being sent, which may overtake the answer. */
  let end: unknown;
  const ended = new Promise<void>((resolve) => {
    const note = (value: unknown) => {
      end ??= value;
      resolve();
    };
    sending.on("response", ({ statusCode }) => note(statusCode));
    sending.on("error", ({ code }: NodeJS.ErrnoException) => note(code));
  });
  const chunk = new Uint8Array(2 ** 16);
  const most = 2 ** 28;
  let sent = 0;
  for (; end === undefined && sent < most; sent += chunk.length) {
    if (!sending.write(chunk)) await Promise.race([once(sending, "drain").catch(() => {}), ended]);
    await setImmediate();
  }
  expect([413, "ECONNRESET", "EPIPE"]).toContain(end);
  expect(sent).toBeLessThan(most);
  sending.destroy();
  expect((await ask("/health")).status).toBe(200);
});

test("who leaves in the middle of a body harms nobody", async () => {
  const { hostname, port } = address("/");
  for (let times = 0; times < 20; times++) {
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    const head = `POST /classify HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: ${FLOAT32}\r\nContent-Length: 256\r\n\r\n`;
    await new Promise((resolve) => socket.write(`${head}${"x".repeat(100)}`, resolve));
    socket.destroy();
  }
  const x = rowsOf(1);
  expect((await post(bytesOf(x), FLOAT32)).status).toBe(200);
});

test("a row too many, as JSON and as float32", async () => {
  const x = rowsOf(MAX_ROWS + 1);
  const answers = [await post(JSON.stringify({ features: toLists(x) })), await post(bytesOf(x), FLOAT32)];
  for (const response of answers) {
    expect(response.status).toBe(413);
    expect(await problemOf(response)).toMatchObject({
      code: "too-many-rows",
      detail: "a request may have 256 rows, and this one has 257: send more requests",
    });
  }
});
