import { join } from "node:path";
import { openOnnx } from "../onnx/index.js";
import type { Format, Place } from "./format.js";

/** Found by what the graph computes, so an option names no tensor but the output, where a model has several. */
export const onnx: Format = {
  name: "ONNX",
  recognises: (place) => fileOf(place) !== null,
  async read(place, { weights }) {
    return openOnnx(fileOf(place) as string, weights === undefined ? {} : { output: weights }).lastLayer;
  },
};

function fileOf({ path, entries }: Place): string | null {
  const isOnnx = (name: string) => /\.onnx$/i.test(name);
  if (entries === null) return isOnnx(path) ? path : null;
  const found = [...entries].filter(isOnnx);
  return found.length === 1 ? join(path, found[0]) : null;
}
