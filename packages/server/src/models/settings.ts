import { Problem } from "fixed-classifier-models/files";
import type { OutputName } from "./model.js";

/** What model.yaml may say. */
export interface ModelSettings {
  /** What a request gets that names no outputs, and all that it may name. */
  readonly outputs: readonly OutputName[];
  /** What the integers of INT8 features are multiplied by. */
  readonly featureScale: number;
}

const OUTPUTS: readonly OutputName[] = ["logits", "probabilities"];

export const DEFAULTS: ModelSettings = { outputs: OUTPUTS, featureScale: 1 };

/** The settings of a model.yaml; a key that there is not is refused, as it is most likely misspelt. */
export async function settingsOf(text: string, path: string): Promise<ModelSettings> {
  const wrong = (what: string) => new Problem(`${path}: ${what}`);
  // Few models have such a file, and loading this takes as long as loading a head.
  const { parse } = await import("yaml");
  let given: unknown;
  try {
    given = parse(text) ?? {};
  } catch (error) {
    throw wrong((error as Error).message);
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw wrong("it must be a mapping of keys to values");
  }
  const { outputs = OUTPUTS, featureScale = 1, ...others } = given as Record<string, unknown>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong(`it has no key "${unknown}", but outputs and featureScale`);
  if (!isOutputs(outputs)) {
    throw wrong(`outputs must be a list of one or more of ${OUTPUTS.join(", ")}, each once`);
  }
  if (
    typeof featureScale !== "number" ||
    !(Math.fround(featureScale) > 0) ||
    !Number.isFinite(Math.fround(featureScale))
  ) {
    throw wrong("featureScale must be a positive number within float32");
  }
  return { outputs, featureScale };
}

function isOutputs(given: unknown): given is OutputName[] {
  return (
    Array.isArray(given) &&
    given.length > 0 &&
    new Set(given).size === given.length &&
    given.every((output) => OUTPUTS.includes(output))
  );
}
