import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

const CLI = join(import.meta.dirname, "../../dist/cli.js");

export interface Served {
  readonly process: ChildProcess;
  /** Port of each protocol. */
  readonly ports: Readonly<Record<string, number>>;
  readonly log: Record<string, unknown>[];
  /** The next line of the log with this message. */
  said(message: string): Promise<Record<string, unknown>>;
  ended(): Promise<{ status: number | null; signal: string | null }>;
}

/** The command as it runs in earnest, on ports that are free, when it is ready; it ends with the test. */
export async function serve(args: readonly string[], isReady = true): Promise<Served> {
  const all = [CLI, "serve", "--port", "0", "--grpc-port", "0", ...args];
  const child = spawn(process.execPath, all, { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const end = once(child, "exit").then(([status, signal]) => ({ status, signal }));
  const log: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    log.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  const said = (message: string) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const look = () => {
        const found = log.find(({ msg }) => String(msg).startsWith(message));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      end.then(() => reject(new Error(`the server ended before it said "${message}"`)));
      look();
    });
  const ports: Record<string, number> = {};
  if (isReady) await said("ready");
  for (const { msg, port } of log) {
    const protocol = /^listening: (.*)/.exec(String(msg))?.[1];
    if (protocol !== undefined) ports[protocol] = port as number;
  }
  return { process: child, ports, log, said, ended: () => end };
}
