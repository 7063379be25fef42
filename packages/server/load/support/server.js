import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { FixedClassifier } from "fixed-classifier";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** Starts `serve` in a process of its own, with a head called "head", and gives its ports when it is ready. */
export async function startServer({ features = 2048, classes = 1000, args = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-load-"));
  const path = join(folder, "head.safetensors");
  const head = new FixedClassifier({ features, classes });
  writeFileSync(path, head.toSafetensors());
  const child = spawn(
    process.execPath,
    [CLI, "serve", "--model", path, "--port", "0", "--grpc-port", "0", "--drain", "0", ...args],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  const stop = async () => {
    child.kill("SIGTERM");
    const status = await ended;
    rmSync(folder, { recursive: true, force: true });
    return status;
  };
  const ports = {};
  for await (const line of createInterface(child.stdout)) {
    const { msg, port } = JSON.parse(line);
    if (msg === "listening: gRPC") ports.grpc = port;
    if (msg === "listening: REST") ports.rest = port;
    if (msg === "ready") {
      child.stdout.resume();
      return { head, ports, pid: child.pid, stop };
    }
  }
  throw new Error(`the server ended before it was ready: ${await ended}`);
}
