export type { AuthorsForm, LastLayer, LayerOrigin, StoredType } from "./last-layer.js";
export { Problem } from "./problem.js";
export { type ReadOptions, readLastLayer } from "./read/index.js";
