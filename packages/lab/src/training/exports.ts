import { join } from "node:path";
import { writeWhole } from "../files.js";
import { encodeNamed } from "../safetensors.js";
import type { Model } from "./model.js";

/**
 * What other programs take of a model: the head as the core reads it, `FixedClassifier.fromSafetensors`, or as matrix and bias where it is a
 * matrix, and the trunk with its running statistics.
 */
export function writeExports(model: Model, folder: string): void {
  const { head, trunk, spec } = model;
  const fixed = head.classifier();
  const metadata = { format: "fixed-classifier-lab 1", head: spec.head, trunk: spec.trunk };
  writeWhole(
    join(folder, "head.safetensors"),
    fixed === null ? encodeNamed(head.parameters, metadata) : new Uint8Array(fixed.toSafetensors()),
  );
  writeWhole(
    join(folder, "trunk.safetensors"),
    encodeNamed([...trunk.parameters, ...trunk.variables], metadata),
  );
}
