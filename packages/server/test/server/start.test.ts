import http2 from "node:http2";
import { connect } from "node:net";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { afterAll, expect, test } from "vitest";
import { logOf } from "../../src/server/log.js";
import { settingsOf } from "../../src/server/settings.js";
import { startServer } from "../../src/server/start.js";
import { folderOf, headOf } from "../support/models.js";

/** A server with these settings: its ports. */
async function startedWith(yaml: string) {
  const folder = folderOf({ "head.json": JSON.stringify(headOf()), "server.yaml": yaml });
  const flags = { rest: { port: 0 }, grpc: { port: 0 }, execution: { workers: 0 } };
  const settings = settingsOf(join(folder, "server.yaml"), flags, [`m=${folder}`]);
  const server = await startServer(settings, logOf({ level: "silent" }));
  afterAll(() => server.stop(0));
  const portOf = (name: string) => server.listeners.find(({ protocol }) => protocol === name)?.port as number;
  return { rest: portOf("REST"), grpc: portOf("gRPC") };
}

/** All that a server says to a request that goes no further. */
function answerTo(port: number, begun: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }, () => socket.write(begun));
  return new Promise((resolve, reject) => {
    let heard = "";
    socket.on("data", (bytes) => {
      heard += bytes;
    });
    socket.on("end", () => {
      resolve(heard);
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

const BEGUN = "POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{";

test("both transports keep to the time that a request may take, and gRPC to its calls", async () => {
  const { rest, grpc } = await startedWith(
    "limits: { requestSeconds: 1 }\ngrpc: { callsPerConnection: 5 }\nshutdown: { finishSeconds: 1 }",
  );
  const session = http2.connect(`http://127.0.0.1:${grpc}`);
  const stream = session.request({
    ":method": "POST",
    ":path": "/inference.GRPCInferenceService/ModelInfer",
    "content-type": "application/grpc",
  });
  stream.write(Buffer.of(0, 0, 0));
  const late = new Promise((resolve) => stream.on("response", (got) => resolve(got["grpc-status"])));
  const [answer, headless] = await Promise.all([
    answerTo(rest, BEGUN),
    answerTo(rest, "GET /v2 HTTP/1.1\r\n"),
  ]);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(headless).toMatch(/^HTTP\/1\.1 408 /);
  expect(await late).toBe(String(status.DEADLINE_EXCEEDED));
  expect(session.remoteSettings.maxConcurrentStreams).toBe(5);
  session.destroy();
});

test("a client that stands still in the midst of its request is left", async () => {
  const { rest } = await startedWith("limits: { stallSeconds: 1 }\nshutdown: { finishSeconds: 1 }");
  const start = performance.now();
  await answerTo(rest, BEGUN);
  expect(performance.now() - start).toBeGreaterThan(900);
  expect(performance.now() - start).toBeLessThan(50_000);
});
