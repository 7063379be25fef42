/** What Node.js, Bun and Deno run, and whatever is not known: all there is. */

import type { BackendFactory, BackendName } from "../backend.js";
import { js } from "../js/index.js";
import { native } from "../native/index.js";
import { bytesFromBase64 } from "../wasm/base64.js";
import { BASELINE, SIMD128 } from "../wasm/binary.js";
import { wasmBackend } from "../wasm/index.js";
import { inlined } from "../wasm/module.js";
import { environment, type Wish, wishOf } from "./wish.js";

export const wish = (): Wish => wishOf(environment());

/** Backends in the order in which they are tried. A new backend is one line here. */
export const CANDIDATES: Readonly<Record<BackendName, BackendFactory>> = {
  native,
  wasm: /* @__PURE__ */ wasmBackend({
    simd128: /* @__PURE__ */ inlined(() => bytesFromBase64(SIMD128), true),
    baseline: /* @__PURE__ */ inlined(() => bytesFromBase64(BASELINE), false),
  }),
  js,
};
