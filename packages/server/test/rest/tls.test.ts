import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Agent, request } from "undici";
import { afterAll, expect, test } from "vitest";
import { readTls } from "../../src/security/index.js";
import { headOf, rowsOf, serving } from "../support/models.js";
import { listening, spoken } from "../support/rest.js";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const server = { certificate: fixture("server.pem"), key: fixture("server.key") };
const ca = readFileSync(fixture("ca.pem"));
const client = { cert: readFileSync(fixture("client.pem")), key: readFileSync(fixture("client.key")) };

const { inference } = await serving({ m: headOf() });
const body = JSON.stringify({
  inputs: [{ name: "features", datatype: "FP32", shape: [1, 20], data: [...rowsOf(1, 20)] }],
});

async function status(port: number, own: object = {}): Promise<number> {
  const dispatcher = new Agent({ connect: { ca, servername: "localhost", ...own } });
  afterAll(() => dispatcher.destroy());
  const answer = await request(`https://127.0.0.1:${port}/v2/models/m/infer`, {
    method: "POST",
    body,
    dispatcher,
  });
  await answer.body.dump();
  return answer.statusCode;
}

test("inference over TLS, for any client or those of an authority alone", async () => {
  const open = await listening(inference, { security: { tls: readTls(server) } });
  expect(await status(open.port)).toBe(200);
  const closed = await listening(inference, {
    security: { tls: readTls({ ...server, clientCa: fixture("ca.pem") }) },
  });
  expect(await status(closed.port, client)).toBe(200);
  await expect(status(closed.port)).rejects.toThrow();
});

test("a client that does not speak TLS is sent away, and harms nobody", async () => {
  const { port } = await listening(inference, { security: { tls: readTls(server) } });
  expect(await spoken(port, "GET /v2 HTTP/1.1\r\nHost: a\r\n\r\n", 5000)).not.toContain("200");
  expect(await status(port)).toBe(200);
});
