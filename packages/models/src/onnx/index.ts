/** ONNX models as files: read, changed, written again. Nothing of a model is executed. */

export * from "./onnx_pb.js";
export { modelPieces, parseModel, readModel } from "./protobuf.js";
