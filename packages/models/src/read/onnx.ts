import { join } from "node:path";
import { openOnnx } from "../onnx/index.js";
import type { Format, Place } from "./format.js";

export const onnx: Format = {
  name: "ONNX",
  recognises: (place) => fileOf(place) !== null,
  async read(place, { output }) {
    return openOnnx(fileOf(place) as string, output === undefined ? {} : { output }).lastLayer;
  },
};

function fileOf({ path, entries }: Place): string | null {
  const isOnnx = (name: string) => /\.onnx$/i.test(name);
  if (entries === null) return isOnnx(path) ? path : null;
  const found = [...entries].filter(isOnnx);
  return found.length === 1 ? join(path, found[0]) : null;
}
