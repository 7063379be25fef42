export {
  chainGraph,
  type HeadGraphOptions,
  type HeadModelOptions,
  headGraph,
  headModel,
  OPSETS,
} from "./onnx/index.js";
export { pytorchModule } from "./pytorch.js";
export { type SafetensorsOptions, writeSafetensors } from "./safetensors.js";
export { type TensorflowJsOptions, writeTensorflowJs } from "./tensorflow-js.js";
