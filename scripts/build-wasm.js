// Compiles assembly/ twice, with and without SIMD, and writes both as base64 into lib/backends/wasm/binary.ts, and that
// with SIMD as another text, for browsers, and as a file, for Workers. The checksum of addons is a module of its own.
import { writeFileSync } from "node:fs";
import { compileAssemblyScript } from "./assembly-script.js";
import { bytesAsText } from "./bytes-as-text.js";

const target = new URL("../lib/backends/wasm/binary.ts", import.meta.url);
const file = new URL("../lib/backends/wasm/simd128.wasm", import.meta.url);

const simd128 = await compileAssemblyScript("assembly/index.ts", true);
const baseline = await compileAssemblyScript("assembly/index.ts", false);
const checksum = await compileAssemblyScript("assembly/checksum.ts", false);
/** @param {Uint8Array} bytes */
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
writeFileSync(
  target,
  `// Generated from assembly/ by scripts/build-wasm.js; do not edit.
export const SIMD128: string = "${base64(simd128)}";
export const BASELINE: string = "${base64(baseline)}";
export const CHECKSUM: string = "${base64(checksum)}";
export const SIMD128_TEXT: string = "${bytesAsText(simd128)}";
`,
);
writeFileSync(file, simd128);
console.log(
  `wasm: simd128 ${simd128.length} bytes, baseline ${baseline.length} bytes, checksum ${checksum.length} bytes`,
);
