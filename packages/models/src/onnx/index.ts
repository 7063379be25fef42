/** ONNX models as files: read, changed, written again. Nothing of a model is executed. */

export type { AttributeValue } from "./build.js";
export { floatTensor, integerTensor, nodeOf, rawTensor } from "./build.js";
export { withClassNames } from "./class-names.js";
export type { HeadGraph } from "./head-place.js";
export type { OnnxModel, OpenOptions } from "./model.js";
export { openOnnx, openProto, PRODUCER } from "./model.js";
export * from "./onnx_pb.js";
export { modelPieces, parseModel, readModel } from "./protobuf.js";
