/** What Workers run: they compile no module from bytes, so it is a file beside this one. */

import type { BackendFactory, BackendName } from "../backend.js";
import { js } from "../js/index.js";
import { wasmBackend } from "../wasm/index.js";
import { imported } from "../wasm/module.js";
import SIMD128 from "../wasm/simd128.wasm";
import { absent } from "./absent.js";
import { NO_WISH } from "./wish.js";

export const wish = () => NO_WISH;

export const CANDIDATES: Readonly<Record<BackendName, BackendFactory>> = {
  native: absent,
  wasm: /* @__PURE__ */ wasmBackend({ simd128: /* @__PURE__ */ imported(SIMD128) }),
  js,
};
