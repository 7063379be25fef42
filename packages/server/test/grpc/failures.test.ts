import http2 from "node:http2";
import { constants, deflateSync, gzipSync } from "node:zlib";
import { compressionAlgorithms, type Metadata, status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { InferenceError } from "../../src/inference/errors.js";
import { clientOf, started } from "./support/client.js";
import { CountingGate } from "./support/gate.js";
import { DONE, ScriptedInference } from "./support/inference.js";

test.each([
  ["exhausted", status.RESOURCE_EXHAUSTED],
  ["unavailable", status.UNAVAILABLE],
  ["too-large", status.RESOURCE_EXHAUSTED],
  ["not-found", status.NOT_FOUND],
] as const)("what fails as %s has its status, at once and later", async (failure, code) => {
  const gate = new CountingGate();
  const sync = new ScriptedInference(() => {
    throw new InferenceError(failure, "why ✓");
  });
  const async_ = new ScriptedInference(async () => {
    throw new InferenceError(failure, "why ✓");
  });
  for (const inference of [sync, async_]) {
    const { port } = await started(inference, { gate });
    const attempt = clientOf(port).call("ModelInfer", { model_name: "m" });
    await expect(attempt).rejects.toMatchObject({ code, details: "why ✓" });
  }
  expect(gate.failures).toEqual([
    [failure, "m"],
    [failure, "m"],
  ]);
  expect(gate).toMatchObject({ inside: 0, bytes: 0, entered: 2 });
});

test("a fault of the server tells nothing of its inside", async () => {
  const gate = new CountingGate();
  const inference = new ScriptedInference(() => {
    throw new Error("secret");
  });
  const { port } = await started(inference, { gate });
  const { call } = clientOf(port);
  for (const method of ["ModelInfer", "ModelMetadata"] as const) {
    await expect(call(method)).rejects.toMatchObject({
      code: status.INTERNAL,
      details: expect.not.stringContaining("secret"),
    });
  }
  expect(gate.failures).toEqual([
    ["internal", ""],
    ["internal", ""],
  ]);
});

test("a reason that is long, or cut within a character, arrives as far as it goes", async () => {
  const inference = new ScriptedInference(() => {
    throw new InferenceError("invalid", `${"x".repeat(999)}😀${"y".repeat(5000)}`);
  });
  const { port } = await started(inference);
  const attempt = clientOf(port).call("ModelInfer");
  await expect(attempt).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringMatching(/^x{999}.?$/u),
  });
});

test("a full gate says when to come again, and is left as often as it is entered", async () => {
  const gate = new CountingGate();
  const { port } = await started(new ScriptedInference(() => DONE), { gate });
  const { call } = clientOf(port);
  await call("ModelInfer", { model_name: "m" });
  expect(gate).toMatchObject({ inside: 0, bytes: 0, entered: 1, failures: [] });
  gate.limit = 0;
  const refusal: { code: status; metadata: Metadata } = await call("ModelInfer").catch((error) => error);
  expect(refusal.code).toBe(status.RESOURCE_EXHAUSTED);
  expect(refusal.metadata.get("grpc-retry-pushback-ms")).toEqual(["1500"]);
  expect(gate).toMatchObject({ inside: 0, failures: [["exhausted", ""]] });
});

test("the limit of a message can be set", async () => {
  const { port } = await started(new ScriptedInference(() => DONE), { maxMessage: 1000 });
  const { call } = clientOf(port);
  expect(await call("ModelInfer", { raw_input_contents: [], id: "x".repeat(900) })).toMatchObject({
    model_name: "m",
  });
  await expect(call("ModelInfer", { id: "x".repeat(1000) })).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
  });
});

test.each(["gzip", "deflate"] as const)("requests come with %s", async (algorithm) => {
  const seen: string[] = [];
  const inference = new ScriptedInference(({ model }) => {
    seen.push(model);
    return DONE;
  });
  const { port } = await started(inference);
  const { call } = clientOf(port, {
    "grpc.default_compression_algorithm": compressionAlgorithms[algorithm],
  });
  await call("ModelInfer", { model_name: "m".repeat(1000) });
  expect(seen).toEqual(["m".repeat(1000)]);
});

test("compressed messages are as long as what is in them, and broken ones are refused", async () => {
  const { port } = await started(new ScriptedInference(() => DONE), { maxMessage: 1 << 20 });
  const bomb = gzipSync(Buffer.alloc(64 << 20), { level: constants.Z_BEST_COMPRESSION });
  const whole = gzipSync(Buffer.from([0x0a, 1, 0x6d]));
  const send = (encoding: string, message: Buffer) => compressed(port, encoding, message);
  expect(await send("gzip", whole)).toBe(status.OK);
  expect(await send("deflate", deflateSync(Buffer.from([0x0a, 1, 0x6d])))).toBe(status.OK);
  expect(await send("gzip", bomb)).toBe(status.RESOURCE_EXHAUSTED);
  expect(await send("gzip", whole.subarray(0, -9))).toBe(status.INTERNAL);
  expect(await send("gzip", Buffer.from("no gzip"))).toBe(status.INTERNAL);
  expect(await send("br", whole)).toBe(status.UNIMPLEMENTED);
  expect(await send("gzip", whole)).toBe(status.OK);
});

/** The status of a call whose message is sent as it is, said to be compressed. */
function compressed(port: number, encoding: string, message: Buffer): Promise<number> {
  const prefix = Buffer.from([1, 0, 0, 0, 0]);
  prefix.writeUInt32BE(message.length, 1);
  const session = http2.connect(`http://localhost:${port}`);
  const stream = session.request({
    ":method": "POST",
    ":path": "/inference.GRPCInferenceService/ModelInfer",
    "content-type": "application/grpc",
    "grpc-encoding": encoding,
    te: "trailers",
  });
  return new Promise((resolve, reject) => {
    const take = (headers: http2.IncomingHttpHeaders) => {
      if (headers["grpc-status"] !== undefined) resolve(Number(headers["grpc-status"]));
    };
    stream.on("response", take).on("trailers", take).on("error", reject).resume();
    stream.on("close", () => session.close());
    stream.end(Buffer.concat([prefix, message]));
  });
}
