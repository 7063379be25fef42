/** The engine is chosen here and nowhere else. */
import { Problem } from "../problem.js";
import type { Engine } from "./engine.js";
import { engineOf, type OnnxRuntime } from "./onnxruntime.js";

export type { Engine } from "./engine.js";

export const ENGINES = ["auto", "native", "embedded"] as const;

/** @param name auto: native where it is installed */
export async function createEngine(name: (typeof ENGINES)[number] = "auto"): Promise<Engine> {
  if (name === "embedded") return embedded();
  try {
    return await native();
  } catch (error) {
    if (name === "auto") return embedded();
    const missing = (error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
    const what = missing ? "is not installed" : `does not load (${firstLine(error)})`;
    throw new Problem(
      `the native engine ${what}; install it by npm install onnxruntime-node, or take --engine embedded`,
      { cause: error },
    );
  }
}

/** onnxruntime as an addon: a peer that the user may install. */
async function native(): Promise<Engine> {
  // It would tell Microsoft of every session, and keep files of that in the folder of temporary ones.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  const loaded = await import("onnxruntime-node");
  const ort = (loaded.default ?? loaded) as unknown as OnnxRuntime;
  return engineOf(ort, "native", `native (onnxruntime-node ${ort.env.versions.node})`);
}

/** onnxruntime in WebAssembly, on one thread: it is there wherever the laboratory is. */
async function embedded(): Promise<Engine> {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  return engineOf(ort, "embedded", `embedded (onnxruntime-web ${ort.env.versions.web})`);
}

const firstLine = (error: unknown): string => String((error as Error).message).split("\n")[0];
