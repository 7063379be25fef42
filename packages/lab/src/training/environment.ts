import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { backend } from "fixed-classifier";
import type { Engine } from "../engine/index.js";
import type { Environment } from "./result.js";

const require = createRequire(import.meta.url);

/** What a result was computed with. */
export function environmentOf(engine: Engine): Environment {
  return {
    lab: versionIn(new URL("../../package.json", import.meta.url)),
    core: versionIn(require.resolve("fixed-classifier/package.json")),
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    platform: `${process.platform} ${process.arch}`,
    engine: engine.description,
    backend: `${backend.name} ${backend.instructionSet}`,
  };
}

const versionIn = (path: string | URL): string =>
  (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
