/** A head as nodes of an ONNX graph, or as a model by itself. */

export { type HeadGraphOptions, headGraph } from "./head.js";
export { headModel } from "./model.js";
