import { readVariables, writeVariables } from "../../training/checkpoint.js";
import { MapperFeatures, type MapperState } from "./features.js";

/** Beside the models of an experiment, all of which it makes inputs for. */
export const MAPPER_FILE = "mapper.safetensors";
const KIND = "mapper";

export function writeMapper(path: string, features: MapperFeatures): void {
  const { json, arrays } = features.state();
  const variables = Object.entries(arrays).map(([name, array]) => ({ name, ...array }));
  writeVariables(path, KIND, variables, json);
}

/** Undefined where there is no such file. */
export function readMapper(path: string): MapperFeatures | undefined {
  const kept = readVariables<MapperState["json"]>(path, KIND);
  return kept === undefined ? undefined : MapperFeatures.from({ json: kept.about, arrays: kept.arrays });
}
