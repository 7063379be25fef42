import * as tf from "@tensorflow/tfjs";
import { backend } from "fixed-classifier";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import baseline from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import { transposeBeforeMultiplying } from "./transpose.js";

export type TensorFlowBackend = "wasm" | "JavaScript";

/**
 * TensorFlow.js on WebAssembly or, where a policy or the browser forbids that, in plain JavaScript. Never on WebGL: small networks are
 * no faster there, and a fixed head reads its features back.
 *
 * @returns the name of its backend
 */
export async function startTensorFlow(): Promise<TensorFlowBackend> {
  tf.enableProdMode();
  // The core has tried already; a second try would only write the refusal into the console again.
  if (backend.name === "wasm" && (await startWasm())) return "wasm";
  await tf.setBackend("cpu");
  return "JavaScript";
}

async function startWasm(): Promise<boolean> {
  // Threads of TensorFlow.js start from a blob, which `script-src 'self'` forbids.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths({
    "tfjs-backend-wasm.wasm": baseline,
    "tfjs-backend-wasm-simd.wasm": simd,
    "tfjs-backend-wasm-threaded-simd.wasm": simd,
  });
  try {
    if (!(await tf.setBackend("wasm"))) return false;
  } catch {
    return false;
  }
  transposeBeforeMultiplying();
  return true;
}
