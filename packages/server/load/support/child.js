import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Runs a server of this folder in a process of its own, with arguments: the port that its first line says, and how to end it. */
export async function startChild(file, args = []) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  for await (const line of createInterface(child.stdout)) {
    return {
      port: Number(line),
      pid: child.pid,
      stop: async () => {
        child.kill();
        await ended;
      },
    };
  }
  throw new Error(`${file} ended before it listened`);
}
