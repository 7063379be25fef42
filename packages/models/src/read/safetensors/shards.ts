import { dirname, join } from "node:path";
import { openBytes } from "../../containers/bytes.js";
import { isObject, readObject } from "../../containers/json.js";
import {
  readSafetensorsHeader,
  type SafetensorsHeader,
  type StoredTensor,
} from "../../containers/safetensors.js";
import { Problem } from "../../problem.js";
import { plainName } from "../inside.js";

/** The tensors of all files that an index names; of each only the header is read. */
export function shardedTensors(path: string): SafetensorsHeader {
  const { weight_map: map } = readObject(openBytes(path));
  if (!isObject(map)) throw new Problem(`${path} has no weight_map of tensors and files`);
  const files = new Map<string, SafetensorsHeader>();
  const tensors = new Map<string, StoredTensor>();
  for (const [name, file] of Object.entries(map)) {
    const shard = join(dirname(path), plainName(path, file));
    const header = files.get(shard) ?? readSafetensorsHeader(openBytes(shard));
    files.set(shard, header);
    const tensor = header.tensors.get(name);
    if (tensor === undefined)
      throw new Problem(`${path} says that ${shard} has the tensor ${name}, which it has not`);
    tensors.set(name, tensor);
  }
  return { tensors, metadata: new Map() };
}
