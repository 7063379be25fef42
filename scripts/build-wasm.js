// Compiles assembly/ twice, with and without SIMD, and writes both as base64 into lib/backends/wasm/binary.ts, and that
// with SIMD as another text, for browsers, and as a file, for Workers.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { bytesAsText } from "./bytes-as-text.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = new URL("../lib/backends/wasm/binary.ts", import.meta.url);
const file = new URL("../lib/backends/wasm/simd128.wasm", import.meta.url);

// No relaxed SIMD, whose results differ between machines; nothing to import, so that bytes are all a host needs.
const OPTIONS = ["--runtime", "stub", "--use", "abort=", "--noAssert", "-O3", "--converge"];

/** @param {boolean} simd */
async function compile(simd) {
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [
      "assembly/index.ts",
      "--baseDir",
      root,
      "--outFile",
      "binary",
      simd ? "--enable" : "--disable",
      "simd",
      ...OPTIONS,
    ],
    {
      writeFile(name, contents) {
        if (name === "binary") binary = Buffer.from(contents);
      },
    },
  );
  if (error || binary === undefined) {
    console.error(stderr.toString());
    process.exit(1);
  }
  return binary;
}

const simd128 = await compile(true);
const baseline = await compile(false);
/** @param {Uint8Array} bytes */
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
writeFileSync(
  target,
  `// Generated from assembly/ by scripts/build-wasm.js; do not edit.
export const SIMD128: string = "${base64(simd128)}";
export const BASELINE: string = "${base64(baseline)}";
export const SIMD128_TEXT: string = "${bytesAsText(simd128)}";
`,
);
writeFileSync(file, simd128);
console.log(`wasm: simd128 ${simd128.length} bytes, baseline ${baseline.length} bytes`);
