/** The built Worker in workerd, asked over HTTP; nothing in it may compile WebAssembly from bytes, as in production. */
import { join } from "node:path";
import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect } from "vitest";
import { DIST } from "../../scripts/build.js";
import { startWorker } from "../../scripts/miniflare.js";

/** The constructor is a proxy, so that `instanceof` still tells a module that was imported. */
export const FORBID = `
const refuse = (name) => () => { throw new Error("WebAssembly was compiled from bytes by " + name); };
const { instantiate, Module } = WebAssembly;
for (const name of ["compile", "compileStreaming", "instantiateStreaming"]) WebAssembly[name] = refuse(name);
WebAssembly.Module = new Proxy(Module, { construct: refuse("new Module") });
WebAssembly.instantiate = (source, imports) =>
  source instanceof Module ? instantiate(source, imports) : refuse("instantiate")();
`;

export const source = (name: string, contents: string) => ({
  type: "ESModule" as const,
  path: join(DIST, name),
  contents,
});

const ENTRY = source("entry.js", 'import "./forbid.js"; export { default } from "./worker.js";');

let worker: { miniflare: Miniflare; url: URL } | undefined;

/** Starts it before the tests of a file, and stops it after them. */
export function useWorker(): void {
  beforeAll(async () => {
    worker = await startWorker(0, [ENTRY, source("forbid.js", FORBID)]);
  });
  afterAll(() => worker?.miniflare.dispose());
}

export const address = (path: string): URL => new URL(path, worker?.url);

export const ask = (path: string, init?: RequestInit): Promise<Response> => fetch(address(path), init);

export type Body = string | Uint8Array<ArrayBuffer> | ReadableStream | undefined;

export const post = (body: Body, type = "application/json", path = "/classify", headers = {}) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": type, ...headers },
    ...(body !== undefined && { body, duplex: "half" }),
  } as RequestInit);

export const FLOAT32 = "application/octet-stream";

export const bytesOf = (rows: Float32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);

/** Holds an answer to what RFC 9457 and this server say of problems, and returns it. */
export async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  const text = await response.text();
  expect(text).not.toMatch(/\bat .*:\d+|\.js\b|stack/);
  const problem = JSON.parse(text);
  expect(problem).toMatchObject({ type: "about:blank", status: response.status });
  return problem;
}
