/** What Workers refuse in production must not be there, and must fail here. */
import { readdirSync } from "node:fs";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { expect, test } from "vitest";
import { COMPATIBILITY_DATE } from "../scripts/miniflare.js";
import { fileOf } from "./support/model.js";
import { FORBID, source } from "./support/worker.js";

/** WebAssembly inlined as text is a line far longer than any of code. */
const longestLine = (code: string): number => Math.max(...code.split("\n").map((line) => line.length));

test("the bundle is a script, a compiled module and the file of the head, and has no WebAssembly as text", async () => {
  expect(readdirSync(new URL("../dist", import.meta.url)).sort()).toEqual([
    "fixed_classifier.wasm",
    "head.safetensors",
    "worker.js",
  ]);
  const code = fileOf("dist/worker.js").toString();
  expect(longestLine(code)).toBeLessThan(1000);
  expect(code).not.toMatch(/AGFzbQ|\0asm/);
  expect([...code.matchAll(/ from "(.+)";/g)].map(([, name]) => name).sort()).toEqual([
    "./fixed_classifier.wasm",
    "./head.safetensors",
  ]);
  // The test would see it: this is the core for browsers.
  const { outputFiles } = await build({
    stdin: {
      contents: 'export { FixedClassifier } from "fixed-classifier"',
      resolveDir: import.meta.dirname,
    },
    conditions: ["browser"],
    format: "esm",
    bundle: true,
    write: false,
  });
  expect(longestLine(outputFiles[0]?.text ?? "")).toBeGreaterThan(10_000);
});

test("the other tests forbid every way of compiling from bytes", async () => {
  const contents = `import "./forbid.js";
    const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
    const ways = {
      module: () => new WebAssembly.Module(empty),
      compile: () => WebAssembly.compile(empty),
      instantiate: () => WebAssembly.instantiate(empty),
      streaming: () => WebAssembly.compileStreaming(new Response(empty)),
    };
    export default {
      async fetch() {
        const told = {};
        for (const [name, way] of Object.entries(ways)) {
          try { await way(); told[name] = "compiled"; } catch (error) { told[name] = error.message; }
        }
        return Response.json(told);
      },
    };`;
  const miniflare = new Miniflare({ modules: [source("ways.js", contents), source("forbid.js", FORBID)] });
  try {
    const told = await (await miniflare.dispatchFetch("http://worker/")).json();
    expect(told).toEqual({
      module: "WebAssembly was compiled from bytes by new Module",
      compile: "WebAssembly was compiled from bytes by compile",
      instantiate: "WebAssembly was compiled from bytes by instantiate",
      streaming: "WebAssembly was compiled from bytes by compileStreaming",
    });
  } finally {
    await miniflare.dispose();
  }
});

test("wrangler deploys for the runtime that the tests ask", () => {
  expect(fileOf("wrangler.jsonc").toString()).toContain(`"compatibility_date": "${COMPATIBILITY_DATE}"`);
});
