import http2 from "node:http2";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, credentials, status } from "@grpc/grpc-js";
import { Problem } from "fixed-classifier-models/files";
import { expect, test } from "vitest";
import { grpcServer } from "../../src/grpc/index.js";
import { clientOf, HealthClient, type Message, started, unary } from "./support/client.js";
import { CountingGate } from "./support/gate.js";
import { DONE, held, ScriptedInference } from "./support/inference.js";

const health = (port: number) => new HealthClient(`localhost:${port}`, credentials.createInsecure());

interface Watch extends AsyncIterable<{ status: string }> {
  cancel(): void;
}

const watch = (client: Client) => (client as unknown as { Watch(request: Message): Watch }).Watch({});

test("the health service tells readiness, and liveness apart from it", async () => {
  const inference = new ScriptedInference(() => DONE);
  const { port } = await started(inference);
  const client = health(port);
  const check = (service: string) => unary(client, "Check", { service });
  expect(await check("")).toEqual({ status: "SERVING" });
  expect(await check("inference.GRPCInferenceService")).toEqual({ status: "SERVING" });
  const seen: string[] = [];
  for await (const change of watch(client)) {
    seen.push(change.status);
    inference.isReady = !inference.isReady;
    if (seen.length === 3) break;
  }
  expect(seen).toEqual(["SERVING", "NOT_SERVING", "SERVING"]);
  expect(await check("liveness")).toEqual({ status: "SERVING" });
  await expect(check("unknown")).rejects.toMatchObject({ code: status.NOT_FOUND });
  client.close();
});

test("closing answers what has begun, refuses what is new, and ends watches", async () => {
  const { inference, waiting, until } = held();
  const server = await started(inference);
  const { call } = clientOf(server.port);
  const client = health(server.port);
  const watching = watch(client)[Symbol.asyncIterator]();
  expect(await watching.next()).toMatchObject({ value: { status: "SERVING" } });
  const first = call("ModelInfer", { id: "first" });
  await until(1);
  const closed = server.close();
  expect(await watching.next()).toMatchObject({ value: { status: "NOT_SERVING" } });
  expect(await watching.next()).toMatchObject({ done: true });
  const late = clientOf(server.port).call("ModelInfer");
  await expect(late).rejects.toMatchObject({ code: status.UNAVAILABLE });
  waiting[0].finish();
  expect(await first).toMatchObject({ id: "first" });
  await closed;
  client.close();
});

test("what does not end is cut off after the grace", async () => {
  const { inference, until } = held();
  const server = await started(inference);
  const never = expect(clientOf(server.port).call("ModelInfer")).rejects.toMatchObject({
    code: expect.toBeOneOf([status.CANCELLED, status.UNAVAILABLE]),
  });
  await until(1);
  await server.close(50);
  await never;
});

test("an inference learns that its client has cancelled, or that its deadline has passed", async () => {
  const { inference, waiting, until } = held();
  const gate = new CountingGate();
  const { port } = await started(inference, { gate });
  const { call, client } = clientOf(port);
  const deadline = expect(call("ModelInfer", {}, {}, { deadline: Date.now() + 80 })).rejects.toMatchObject({
    code: status.DEADLINE_EXCEEDED,
  });
  await until(1);
  const late = waiting[0].request.signal;
  expect(late?.aborted).toBe(false);
  const passed = new Promise((resolve) => late?.addEventListener("abort", resolve));
  await deadline;
  await passed;
  expect(waiting[0].request.signal?.aborted).toBe(true);

  const going = (
    client as unknown as { ModelInfer(request: Message, answer: () => void): { cancel(): void } }
  ).ModelInfer({}, () => {});
  await until(2);
  const given = waiting[1].request.signal;
  const aborted = new Promise((resolve) => given?.addEventListener("abort", resolve));
  going.cancel();
  await aborted;
  // What comes of it then does no harm, and is no failure.
  waiting[0].finish();
  waiting[1].fail(given?.reason);
  expect(await call("ServerLive")).toEqual({ live: true });
  expect(gate).toMatchObject({ entered: 2, inside: 0, bytes: 0, failures: [] });
});

test("a request that does not come to its end is given up, and others are not", async () => {
  const { port } = await started(new ScriptedInference(() => DONE), { requestTimeout: 100 });
  const session = http2.connect(`http://localhost:${port}`);
  const headers = {
    ":method": "POST",
    ":path": "/inference.GRPCInferenceService/ModelInfer",
    "content-type": "application/grpc",
  };
  const answers = [Buffer.of(), Buffer.of(0, 0, 0, 0, 9, 1), Buffer.of(0, 0, 0, 0, 0)].map((begun) => {
    const stream = session.request(headers);
    stream.write(begun);
    return new Promise((resolve) => stream.on("response", (got) => resolve(got["grpc-status"])));
  });
  const client = health(port);
  const stream = watch(client);
  const watching = stream[Symbol.asyncIterator]();
  await watching.next();
  const late = String(status.DEADLINE_EXCEEDED);
  expect(await Promise.all(answers)).toEqual([late, late, late]);
  expect(await clientOf(port).call("ModelInfer")).toMatchObject({ model_name: "m" });
  const next = watching.next();
  expect(await Promise.race([next, sleep(300)])).toBeUndefined();
  session.close();
  stream.cancel();
  client.close();
  await next.catch(() => {});
});

test("large requests need not wait for windows of 64 KiB, nor more calls than a connection may have", async () => {
  const { port } = await started(new ScriptedInference(() => DONE), { maxStreams: 7 });
  const session = http2.connect(`http://localhost:${port}`);
  await new Promise((resolve) => session.once("remoteSettings", resolve));
  expect(session.remoteSettings).toMatchObject({ initialWindowSize: 2 ** 20, maxConcurrentStreams: 7 });
  while ((session.state.remoteWindowSize ?? 0) < 2 ** 24) await sleep(10);
  session.close();
});

test("a port that is taken is told, with its number", async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port));
  });
  const attempt = grpcServer(new ScriptedInference(() => DONE), { host: "127.0.0.1", port });
  await expect(attempt).rejects.toThrow(Problem);
  await expect(attempt).rejects.toThrow(new RegExp(`127\\.0\\.0\\.1:${port}: the port is taken`));
  taken.close();
});

test("it listens on IPv6, too", async () => {
  const { port, close } = await grpcServer(new ScriptedInference(() => DONE), { host: "::1", port: 0 });
  expect(port).toBeGreaterThan(0);
  await close();
});
