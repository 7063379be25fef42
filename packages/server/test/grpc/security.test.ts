import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { credentials, status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { ApiKeys, readTls } from "../../src/security/index.js";
import { clientOf, HealthClient, started, unary } from "./support/client.js";
import { DONE, ScriptedInference } from "./support/inference.js";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const KEY = "kP3vTn8sWq2LxZ7c";

test("with keys, calls want one; probes do not", async () => {
  const models: string[] = [];
  const inference = new ScriptedInference(({ model }) => {
    models.push(model);
    return DONE;
  });
  const failures: string[] = [];
  const gate = {
    enter() {},
    grow() {},
    leave() {},
    isDraining: false,
    failed: ({ failure }: { failure: string }) => failures.push(failure),
  };
  const { port } = await started(inference, { gate, security: { keys: new ApiKeys([KEY]) } });
  const { call } = clientOf(port);
  expect(await call("ServerLive")).toEqual({ live: true });
  expect(await call("ServerReady")).toEqual({ ready: true });
  const health = new HealthClient(`localhost:${port}`, credentials.createInsecure());
  expect(await unary(health, "Check", {})).toEqual({ status: "SERVING" });
  health.close();

  const refused = { code: status.UNAUTHENTICATED };
  for (const headers of [{}, { authorization: "Bearer wrong" }, { "x-api-key": `${KEY}x` }]) {
    for (const method of ["ModelInfer", "ServerMetadata", "ModelMetadata", "ModelReady"] as const) {
      await expect(call(method, {}, headers as Record<string, string>)).rejects.toMatchObject(refused);
    }
  }
  expect(models).toEqual([]);
  expect(failures).toEqual(Array(12).fill("unauthenticated"));
  await call("ModelInfer", { model_name: "a" }, { authorization: `Bearer ${KEY}` });
  await call("ModelInfer", { model_name: "b" }, { "x-api-key": KEY });
  expect(models).toEqual(["a", "b"]);
});

test("over TLS, for any client, or for those of an authority alone", async () => {
  const inference = new ScriptedInference(() => DONE);
  const ca = readFileSync(fixture("ca.pem"));
  const files = { certificate: fixture("server.pem"), key: fixture("server.key") };
  const open = await started(inference, { security: { tls: readTls(files) } });
  const anyone = credentials.createSsl(ca);
  expect(await clientOf(open.port, {}, anyone).call("ServerLive")).toEqual({ live: true });

  const tls = readTls({ ...files, clientCa: fixture("ca.pem") });
  const closed = await started(inference, { security: { tls } });
  const known = credentials.createSsl(
    ca,
    readFileSync(fixture("client.key")),
    readFileSync(fixture("client.pem")),
  );
  expect(await clientOf(closed.port, {}, known).call("ServerLive")).toEqual({ live: true });
  const unavailable = { code: status.UNAVAILABLE };
  await expect(clientOf(closed.port, {}, anyone).call("ServerLive")).rejects.toMatchObject(unavailable);
  await expect(clientOf(open.port).call("ServerLive")).rejects.toMatchObject(unavailable);
});
