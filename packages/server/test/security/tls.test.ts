import { createServer, request } from "node:https";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Problem } from "fixed-classifier-models/files";
import { expect, test } from "vitest";
import { httpsOptions, readTls, type Tls } from "../../src/security/index.js";
import { folderOf } from "../support/models.js";

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
const server = { certificate: fixture("server.pem"), key: fixture("server.key") };
const client = readTls({ certificate: fixture("client.pem"), key: fixture("client.key") });
const ca = readTls({ ...server, clientCa: fixture("ca.pem") }).clientCa;

test.each([
  [{ ...server, key: fixture("client.key") }, /client\.key is not the key of the certificate .*server\.pem/],
  [
    { ...server, certificate: fixture("ended.pem") },
    /ended\.pem ended on Jan {2}1 00:00:00 2001 GMT; renew it/,
  ],
  [{ ...server, certificate: fixture("server.key") }, /server\.key is no certificate/],
  [{ ...server, key: fixture("server.pem") }, /server\.pem is no private key/],
  [{ ...server, clientCa: fixture("client.key") }, /client\.key is no certificate/],
  [{ ...server, key: fixture("none.key") }, /none\.key cannot be read: there is no such file/],
])("files that do not belong together are refused at the start", (files, reason) => {
  expect(() => readTls(files)).toThrow(Problem);
  expect(() => readTls(files)).toThrow(reason);
});

test("an empty file is no certificate", () => {
  const folder = folderOf({ empty: "" });
  expect(() => readTls({ ...server, certificate: join(folder, "empty") })).toThrow(/is no certificate/);
});

test("HTTPS serves any client, or those of an authority alone", async () => {
  const open = readTls(server);
  expect(await get(open)).toBe("open");
  const closed = readTls({ ...server, clientCa: fixture("ca.pem") });
  expect(await get(closed, client)).toBe("open");
  await expect(get(closed)).rejects.toThrow();
});

async function get(tls: Tls, own?: Tls): Promise<string> {
  const listening = createServer(httpsOptions(tls), (_, response) => response.end("open"));
  const port = await new Promise<number>((resolve) => {
    listening.listen(0, () => resolve((listening.address() as { port: number }).port));
  });
  try {
    return await new Promise((resolve, reject) => {
      const options = {
        port,
        ca,
        agent: false as const,
        ...(own && { cert: own.certificate, key: own.key }),
      };
      request(options, async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve(text);
      })
        .on("error", reject)
        .end();
    });
  } finally {
    listening.close();
  }
}
