import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { request } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { folderOf, headOf } from "../support/models.js";

const COMMAND = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const FULL = "/dev/full";
const folder = folderOf({ "digits.safetensors": headOf().toSafetensors() });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

test.runIf(existsSync(FULL))(
  "a log that cannot be written costs no answers, and no end",
  async () => {
    const port = await freePort();
    const full = openSync(FULL, "w");
    const model = join(folder, "digits.safetensors");
    const child = spawn(
      process.execPath,
      [COMMAND, "serve", "--model", model, "--port", String(port), "--no-grpc", "--access-log"],
      { stdio: ["ignore", full, "inherit"] },
    );
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    closeSync(full);
    const ended = once(child, "exit");
    const url = `http://127.0.0.1:${port}/v2`;
    const isReady = async () => {
      const answer = await request(`${url}/health/ready`).catch(() => undefined);
      await answer?.body.dump();
      return answer?.statusCode === 200;
    };
    const deadline = Date.now() + 20_000;
    while (!(await isReady()) && Date.now() < deadline) await sleep(100);
    const data = Array(20).fill(1);
    const body = JSON.stringify({ inputs: [{ name: "features", datatype: "FP32", shape: [1, 20], data }] });
    for (let i = 0; i < 20; i++) {
      const answer = await request(`${url}/models/digits/infer`, { method: "POST", body });
      expect(answer.statusCode).toBe(200);
      await answer.body.dump();
    }
    child.kill("SIGINT");
    expect(await ended).toEqual([0, null]);
  },
  60_000,
);
