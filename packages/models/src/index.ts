export type { AuthorsForm, LastLayer, LayerOrigin, StoredType } from "./last-layer.js";
export { Problem } from "./problem.js";
export { type ReadOptions, readLastLayer } from "./read/index.js";
export { type HeadGraph, type HeadGraphOptions, headGraph, headModel } from "./write/onnx/index.js";
