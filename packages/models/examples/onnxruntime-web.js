// An exported head in onnxruntime-web, in Chromium, beside a dense layer of the same size.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FixedClassifier } from "fixed-classifier";
import { headModel } from "fixed-classifier-models";
import { launch } from "puppeteer-core";
import { numbers, shown } from "./support/timing.js";

const BROWSERS = [
  process.env.CHROMIUM ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const RUNTIME = dirname(fileURLToPath(import.meta.resolve("onnxruntime-web/wasm")));
/** @type {Readonly<Record<string, string>>} */
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const PAGE =
  "<!doctype html><title>A head in a browser</title><script src=/runtime/ort.wasm.min.js></script>";
const [FEATURES, CLASSES] = [2048, 1000];

/**
 * @param {{ rounds?: number, calls?: number, print?: (line: string) => void }} [options] `calls` of one row are timed together, since a
 * browser's clock is coarse
 * @returns {Promise<{ difference: number } | null>} the largest difference of a logit from the core's; null without a browser
 */
export async function main({ rounds = 20, calls = 50, print = console.log } = {}) {
  const executablePath = BROWSERS.find((path) => path !== "" && existsSync(path));
  if (executablePath === undefined) {
    print("skipped: no Chromium on this machine; install it, or name one by the variable CHROMIUM");
    return null;
  }
  const fixed = new FixedClassifier({ features: FEATURES, classes: CLASSES });
  const dense = new FixedClassifier({ features: FEATURES, classes: CLASSES, code: "learned" });
  const host = await serve({
    "/": Buffer.from(PAGE),
    "/fixed.onnx": headModel(fixed),
    "/dense.onnx": headModel(dense),
  });
  const browser = await launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"], timeout: 60_000 });
  try {
    const page = await browser.newPage();
    await page.goto(host.url);
    for (const rows of [1, 64]) {
      const x = numbers(rows * FEATURES, rows);
      const result = await page.evaluate(inBrowser, Array.from(x), FEATURES, rounds, Math.ceil(calls / rows));
      print(
        `${FEATURES} → ${CLASSES}, ${rows} rows in ${await browser.version()}: ${shown(result.dense)} ms with the dense layer, ` +
          `${shown(result.fixed)} ms with the fixed one`,
      );
      const expected = fixed.forward(x);
      const differences = result.logits.map((value, i) => Math.abs(value - expected[i]));
      if (rows === 64) return { difference: Math.max(...differences) };
    }
    return null;
  } finally {
    await browser.close();
    host.close();
  }
}

/**
 * Runs in the page: the least milliseconds of each model, in turns, and the logits of the fixed one.
 * @param {number[]} values
 * @param {number} features
 * @param {number} rounds
 * @param {number} calls
 */
async function inBrowser(values, features, rounds, calls) {
  const { ort } = /** @type {{ ort: typeof import("onnxruntime-web") }} */ (
    /** @type {unknown} */ (globalThis)
  );
  ort.env.wasm.numThreads = 1;
  const x = new ort.Tensor("float32", Float32Array.from(values), [values.length / features, features]);
  const least = { dense: Number.POSITIVE_INFINITY, fixed: Number.POSITIVE_INFINITY };
  const sessions = {
    dense: await ort.InferenceSession.create("/dense.onnx"),
    fixed: await ort.InferenceSession.create("/fixed.onnx"),
  };
  for (let round = 0; round < rounds; round++) {
    for (const name of /** @type {const} */ (["dense", "fixed"])) {
      const start = performance.now();
      for (let call = 0; call < calls; call++) await sessions[name].run({ features: x });
      least[name] = Math.min(least[name], (performance.now() - start) / calls);
    }
  }
  const { logits } = await sessions.fixed.run({ features: x });
  return { ...least, logits: Array.from(/** @type {Float32Array} */ (logits.data)) };
}

/**
 * These files, and those of the runtime.
 * @param {Readonly<Record<string, Uint8Array>>} files by path
 */
async function serve(files) {
  const server = createServer(({ url = "/" }, response) => {
    const path = new URL(url, "http://host").pathname;
    const runtime = join(RUNTIME, path.replace("/runtime/", ""));
    const bytes =
      files[path] ?? (path.startsWith("/runtime/") && existsSync(runtime) && readFileSync(runtime));
    if (!bytes) response.writeHead(404).end();
    else {
      const type = path === "/" ? "text/html" : (TYPES[extname(path)] ?? "application/octet-stream");
      response.writeHead(200, { "content-type": type }).end(bytes);
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
