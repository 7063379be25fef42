/** A head as nodes of an ONNX graph, or as a model by itself. */

export { chainGraph } from "./chain.js";
export { type HeadGraphOptions, headGraph, OPSETS } from "./head.js";
export { type HeadModelOptions, headModel } from "./model.js";
