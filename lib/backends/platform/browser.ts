/** What browsers run: no addon, and WebAssembly with SIMD, which all of them have; plain JavaScript serves the rest. */

import type { BackendFactory, BackendName } from "../backend.js";
import { js } from "../js/index.js";
import { SIMD128_TEXT } from "../wasm/binary.js";
import { wasmBackend } from "../wasm/index.js";
import { inlined } from "../wasm/module.js";
import { bytesFromText } from "../wasm/text.js";
import { absent } from "./absent.js";
import { NO_WISH } from "./wish.js";

export const wish = () => NO_WISH;

export const CANDIDATES: Readonly<Record<BackendName, BackendFactory>> = {
  native: absent,
  wasm: /* @__PURE__ */ wasmBackend({
    simd128: /* @__PURE__ */ inlined(() => bytesFromText(SIMD128_TEXT), true),
  }),
  js,
};
