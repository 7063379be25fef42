import type { Inputs } from "../../data/dataset.js";
import { readVariables, writeVariables } from "../../training/checkpoint.js";
import { MapperFeatures, type MapperState } from "./features.js";

/** What a model looks at instead of the inputs themselves. */
export interface InputView {
  readonly features: MapperFeatures;
  /** Whether the columns stand behind the inputs, or for them. */
  readonly appended: boolean;
}

/** Beside the weights of a run. */
export const MAPPER_FILE = "mapper.safetensors";
const KIND = "mapper";

export const viewOf = ({ features, appended }: InputView, inputs: Inputs): Inputs =>
  appended ? features.append(inputs) : features.transform(inputs);

export function writeView(path: string, { features, appended }: InputView): void {
  const { json, arrays } = features.state();
  const variables = Object.entries(arrays).map(([name, array]) => ({ name, ...array }));
  writeVariables(path, KIND, variables, { ...json, appended });
}

/** Undefined where there is no such file: the model looks at the inputs. */
export function readView(path: string): InputView | undefined {
  const kept = readVariables<MapperState["json"] & { appended: boolean }>(path, KIND);
  if (kept === undefined) return undefined;
  const { appended, ...json } = kept.about;
  return { features: MapperFeatures.from({ json, arrays: kept.arrays }), appended };
}
