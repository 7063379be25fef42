// A page, served under a policy, that runs the probe as a module, a script or a worker, and what it sends back.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { build } from "esbuild";
import { exports as resolveExports } from "resolve.exports";
import { PROBE } from "./runtime.js";

/** @import { IncomingMessage } from "node:http" */
/** @import { Probe } from "../probe/probe.js" */
/** @typedef {"module" | "classic" | "module-worker" | "classic-worker"} Kind */

const NAME = "fixed-classifier";
const ENTRY = `${PROBE}/page.js`;
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/** @type {Record<Kind, string>} */
const SCRIPTS = {
  module: `<script type="module" src="/${ENTRY}"></script>`,
  classic: `<script src="/classic.js"></script>`,
  "module-worker": `<script src="/${PROBE}/page-worker.js" data-worker="/${ENTRY}" data-type="module"></script>`,
  "classic-worker": `<script src="/${PROBE}/page-worker.js" data-worker="/classic.js" data-type="classic"></script>`,
};

/**
 * @param {string} folder
 * @param {Kind} kind
 * @param {string | null} policy of all scripts, also of workers
 */
export async function servePage(folder, kind, policy) {
  /** @type {(value: Probe | PromiseLike<Probe>) => void} */
  let tell = () => {};
  const result = /** @type {Promise<Probe>} */ (new Promise((resolve) => (tell = resolve)));
  const page = `<!doctype html><title>${kind}</title><script src="/${PROBE}/page-errors.js"></script>${SCRIPTS[kind]}`;
  const classic = kind.startsWith("classic") ? await bundle(folder) : "";
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname;
    if (policy !== null) response.setHeader("content-security-policy", policy);
    if (request.method === "POST") {
      const text = await textOf(request);
      response.end();
      tell(path === "/error" ? Promise.reject(new Error(text)) : JSON.parse(text));
      return;
    }
    const file = join(folder, path);
    const isScript = extname(path) in TYPES && !path.includes("..") && existsSync(file);
    if (path !== "/" && path !== "/classic.js" && !isScript) {
      response.writeHead(404).end();
      return;
    }
    const type = path === "/" ? "text/html" : TYPES[/** @type {keyof typeof TYPES} */ (extname(path))];
    response.setHeader("content-type", type);
    if (path === "/") response.end(page);
    else if (path === "/classic.js") response.end(classic);
    // A page finds no package by its name.
    else if (path === `/${ENTRY}`)
      response.end(readFileSync(file, "utf8").replace(`"${NAME}"`, JSON.stringify(browserEntry(folder))));
    else response.end(readFileSync(file));
  });
  await /** @type {Promise<void>} */ (new Promise((resolve) => server.listen(0, "127.0.0.1", resolve)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    result,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * The file that a browser would load: that of the condition "browser", or the default.
 * @param {string} folder
 */
function browserEntry(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "node_modules", NAME, "package.json"), "utf8"));
  const [entry] = resolveExports(manifest, ".", { browser: true }) ?? [];
  return new URL(`/node_modules/${NAME}/${entry}`, "http://page").pathname;
}

/** @param {string} folder */
async function bundle(folder) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, ENTRY)],
    bundle: true,
    format: "iife",
    platform: "browser",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].text;
}

/** @param {IncomingMessage} request */
async function textOf(request) {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}
