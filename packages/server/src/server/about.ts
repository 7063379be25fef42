import { createRequire } from "node:module";

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

export const VERSION = version;

/** The extensions of the protocol that the server metadata list. */
export const EXTENSIONS: readonly string[] = ["binary_tensor_data", "classification", "model_repository"];
