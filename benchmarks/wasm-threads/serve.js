// The files of the page, by a server that isolates it from other origins: only such pages have memory that threads share.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { fromRoot } from "../../scripts/paths.js";

/** @import { Row } from "./measure.js" */
/** @import { Page } from "../../scripts/runtimes/visit.js" */

const FILES = /^\/(benchmarks\/wasm-threads|dist)\/[\w-]+\.js$/;
const HTML =
  '<!doctype html><title>threads</title><script type="module" src="/benchmarks/wasm-threads/page.js"></script>';
const HEADERS = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

/**
 * @param {{ seconds: string, only: string }} settings of the page
 * @param {(row: Row) => void} take is given each row as it comes
 * @returns {Promise<Page>}
 */
export async function servePage(settings, take) {
  /** @type {(value: unknown) => void} */
  let tell = () => {};
  const result = new Promise((resolve) => (tell = resolve));
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://page");
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (request.method === "POST") {
      const sent = JSON.parse(await text(request));
      response.end();
      if (pathname === "/row") take(sent);
      else tell(pathname === "/error" ? Promise.reject(new Error(sent.message)) : undefined);
    } else if (pathname === "/") {
      response.setHeader("content-type", "text/html").end(HTML);
    } else if (FILES.test(pathname) && existsSync(fromRoot(pathname))) {
      response.setHeader("content-type", "text/javascript").end(readFileSync(fromRoot(pathname)));
    } else {
      response.writeHead(404).end();
    }
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, "127.0.0.1", resolve)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/?${new URLSearchParams(settings)}`,
    result,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
