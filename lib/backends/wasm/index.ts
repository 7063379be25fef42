import type { Backend } from "../backend.js";
import type { BackendOptions } from "../select.js";

export function createWasmBackend(_options: BackendOptions): Backend {
  throw new Error("not built yet");
}
