import http2 from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { status } from "@grpc/grpc-js";
import { afterAll, expect, test } from "vitest";
import type { InferResponse } from "../../src/inference/request.js";
import { ServerGate } from "../../src/server/gate.js";
import { clientOf, started } from "./support/client.js";
import { CountingGate } from "./support/gate.js";
import { DONE, held, ScriptedInference } from "./support/inference.js";

const MiB = 2 ** 20;

/** An answer larger than what a client takes unasked. */
const LARGE: InferResponse = {
  ...DONE,
  outputs: [{ name: "logits", datatype: "FP32", shape: [1, MiB], contents: new Float32Array(MiB) }],
};

/** A message's head: whether it is compressed, and its length. */
function head(length: number, isCompressed = false): Buffer {
  const bytes = Buffer.from([Number(isCompressed), 0, 0, 0, 0]);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

/** A call whose bytes the test sends and takes itself. */
function calling(port: number, method = "ModelInfer", headers: Record<string, string> = {}) {
  const session = http2.connect(`http://localhost:${port}`);
  afterAll(() => session.destroy());
  const stream = session.request({
    ":method": "POST",
    ":path": `/inference.GRPCInferenceService/${method}`,
    "content-type": "application/grpc",
    ...headers,
  });
  const ended = new Promise<number | string>((resolve) => {
    const read = (got: http2.IncomingHttpHeaders) => {
      if (got["grpc-status"] !== undefined) resolve(Number(got["grpc-status"]));
    };
    stream
      .on("response", read)
      .on("trailers", read)
      .on("error", () => {});
    stream.once("close", () => resolve(`reset ${stream.rstCode}`));
  });
  return { stream, ended };
}

/** Waits until something is so; the test's own time is the limit. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

test("an answer is counted until its client has taken it", async () => {
  const gate = new CountingGate();
  const { port } = await started(new ScriptedInference(() => LARGE), { gate });
  const { stream, ended } = calling(port);
  stream.end(head(0));
  await until(() => gate.bytes > 4 * MiB);
  await sleep(50);
  expect(gate.bytes).toBeGreaterThan(4 * MiB);
  expect(gate.inside).toBe(1);
  stream.resume();
  expect(await ended).toBe(status.OK);
  await until(() => gate.inside === 0);
  expect(gate.bytes).toBe(0);
});

test("what is counted is free again when the client goes: as its request comes, as it is computed, as its answer goes", async () => {
  const gate = new CountingGate();
  const { inference, waiting, until: arrived } = held();
  const { port } = await started(inference, { gate });
  const coming = calling(port);
  coming.stream.write(Buffer.concat([head(MiB), Buffer.alloc(1000)]));
  await until(() => gate.bytes === 1005);
  coming.stream.close(http2.constants.NGHTTP2_CANCEL);
  await until(() => gate.bytes === 0);
  expect(gate.entered).toBe(0);

  const computed = calling(port);
  computed.stream.end(head(0));
  await arrived(1);
  const gone = new Promise((resolve) => waiting[0].request.signal?.addEventListener("abort", resolve));
  computed.stream.close(http2.constants.NGHTTP2_CANCEL);
  await gone;
  // A thread may have it still.
  expect(gate.inside).toBe(1);
  waiting[0].finish();
  await until(() => gate.inside === 0);

  const going = calling(port);
  going.stream.end(head(0));
  await arrived(2);
  waiting[1].finish(LARGE);
  await until(() => gate.bytes > 4 * MiB);
  going.stream.close(http2.constants.NGHTTP2_CANCEL);
  await until(() => gate.inside === 0);
  expect(gate).toMatchObject({ bytes: 0, entered: 2, failures: [] });
});

test("a request for which there is no room is refused before it has come", async () => {
  const failures: string[] = [];
  const limits = { bytesInFlight: 100_000, requestsInFlight: 10, eventLoopLagMilliseconds: 60_000 };
  const gate = new ServerGate(limits, ({ failure }) => failures.push(failure));
  afterAll(() => gate.close());
  const { port } = await started(new ScriptedInference(() => LARGE), { gate });
  const first = calling(port);
  first.stream.write(Buffer.concat([head(MiB), Buffer.alloc(60_000)]));
  await until(() => gate.bytes === 60_005);
  const second = calling(port);
  second.stream.write(Buffer.concat([head(MiB), Buffer.alloc(60_000)]));
  second.stream.resume();
  expect(await second.ended).toBe(status.RESOURCE_EXHAUSTED);
  first.stream.close(http2.constants.NGHTTP2_CANCEL);
  await until(() => gate.bytes === 0);

  // Nor is there for what is in a compressed one, nor for this answer.
  const bomb = gzipSync(Buffer.alloc(MiB));
  const third = calling(port, "ModelInfer", { "grpc-encoding": "gzip" });
  third.stream.end(Buffer.concat([head(bomb.length, true), bomb]));
  third.stream.resume();
  expect(await third.ended).toBe(status.RESOURCE_EXHAUSTED);
  const fourth = calling(port);
  fourth.stream.end(head(0));
  fourth.stream.resume();
  expect(await fourth.ended).toBe(status.RESOURCE_EXHAUSTED);
  await until(() => gate.requests === 0);
  expect(gate.bytes).toBe(0);
  expect(failures).toEqual(["exhausted", "exhausted", "exhausted"]);
});

test("an answer that its client does not take is given up, one that it takes slowly is not", async () => {
  const gate = new CountingGate();
  const { port } = await started(new ScriptedInference(() => LARGE), { gate, stallTimeout: 300 });
  const [stalled, slow] = [calling(port), calling(port)];
  stalled.stream.end(head(0));
  slow.stream.end(head(0));
  let taken = 0;
  slow.stream.on("data", (chunk: Buffer) => {
    taken += chunk.length;
    slow.stream.pause();
    setTimeout(() => slow.stream.resume(), 10);
  });
  expect(await stalled.ended).toBe(`reset ${http2.constants.NGHTTP2_CANCEL}`);
  expect(await slow.ended).toBe(status.OK);
  await until(() => taken > 4 * MiB);
  await until(() => gate.inside === 0);
  expect(gate.bytes).toBe(0);
}, 30_000);

test("calls that are no inference go past a full gate, and take no more than a line", async () => {
  const gate = new CountingGate();
  gate.limit = 0;
  const { port } = await started(new ScriptedInference(() => DONE), { gate });
  expect(await clientOf(port).call("ServerLive")).toEqual({ live: true });
  const large = calling(port, "ServerLive");
  large.stream.write(Buffer.concat([head(MiB), Buffer.alloc(100_000)]));
  large.stream.resume();
  expect(await large.ended).toBe(status.RESOURCE_EXHAUSTED);
  expect(gate).toMatchObject({ entered: 0, bytes: 0 });
});
