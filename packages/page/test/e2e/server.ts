// A static host of the built page, in a folder of it, with a policy of content.
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../dist", import.meta.url));
const FOLDER = "/some/folder/";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".gz": "application/gzip",
};

export interface Host {
  readonly url: string;
  /** Paths that answer with an error while they contain one of these. */
  readonly broken: Set<string>;
  close(): Promise<void>;
}

export async function serve(policy: string): Promise<Host> {
  const broken = new Set<string>();
  const server = createServer(async ({ url = "/" }, response) => {
    const path = new URL(url, "http://host").pathname;
    const name = path.slice(FOLDER.length) || "index.html";
    try {
      if (!path.startsWith(FOLDER) || name.includes("..")) throw new Error("no such file");
      if ([...broken].some((part) => name.includes(part))) throw new Error("broken");
      const bytes = await readFile(`${ROOT}/${name}`);
      response.writeHead(200, {
        "content-type": TYPES[extname(name)] ?? "application/octet-stream",
        "content-security-policy": policy,
      });
      response.end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}${FOLDER}`, broken, close: () => close(server) };
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
