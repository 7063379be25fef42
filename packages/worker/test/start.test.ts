import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const start = (port: string) =>
  spawn(process.execPath, [fileURLToPath(new URL("../scripts/start.js", import.meta.url)), port]);

test("npm start serves until it is told to end", async () => {
  const process = start("0");
  let output = "";
  for await (const chunk of process.stdout) {
    output += chunk;
    if (output.includes("curl")) break;
  }
  const [origin = ""] = /^http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
  expect((await fetch(`${origin}/health`)).status).toBe(200);
  process.kill("SIGTERM");
  await once(process, "exit");
  await expect(fetch(`${origin}/health`)).rejects.toThrow("fetch failed");
});

test.each(["http", "65536"])("%s is no port", async (port) => {
  const process = start(port);
  const [errors, [status]] = await Promise.all([text(process.stderr), once(process, "exit")]);
  expect(errors).toBe(`error: ${port} is no port: give an integer from 0 (any that is free) to 65535\n`);
  expect(status).toBe(1);
});

test("a port that is in use", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const process = start(String(port));
  const [errors, [status]] = await Promise.all([text(process.stderr), once(process, "exit")]);
  server.close();
  expect(errors).toContain(
    `error: port ${port} is in use: give another, as in \`npm start -- ${port + 1}\`\n`,
  );
  expect(status).toBe(1);
});
