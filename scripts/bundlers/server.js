// A server that a bundler brings, for as long as a page of it is read.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { LOST, quiet, refuseWarnings } from "./run.js";

/** @import { AddressInfo } from "node:net" */

const PATIENCE = 180_000;

/**
 * @template T
 * @param {string} project
 * @param {string | null} command that npm has installed in the project; null: Node.js
 * @param {string[]} args
 * @param {(url: string) => Promise<T>} read
 * @param {{ cwd?: string, env?: Record<string, string> }} [options]
 * @returns {Promise<T & { lost: boolean }>} and whether the package told that it misses its addon
 */
export async function withServer(project, command, args, read, { cwd = project, env = {} } = {}) {
  const port = await freePort();
  const program = command === null ? process.execPath : join(project, "node_modules/.bin", command);
  const flags = command === null ? [] : ["--port", String(port)];
  const child = spawn(program, [...args, ...flags], {
    cwd,
    // A group of its own, so that all of its processes end with it.
    detached: true,
    env: { ...process.env, ...quiet, PORT: String(port), HOSTNAME: "127.0.0.1", ...env },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const closed = new Promise((resolve) => child.once("close", resolve));
  try {
    const url = `http://localhost:${port}/`;
    await answer(url, child, () => said);
    const result = await read(url);
    const lost = said.includes(LOST);
    if (!lost) refuseWarnings(command ?? "the server", said);
    return { ...result, lost };
  } finally {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid);
    await closed;
  }
}

/**
 * Waits until a server answers.
 * @param {string} url
 * @param {import("node:child_process").ChildProcess} child
 * @param {() => string} said
 */
async function answer(url, child, said) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
    if (child.exitCode !== null) break;
    try {
      await (await fetch(url)).text();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  throw new Error(`no server answers: ${said()}`);
}

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
