export { type CalibrationFileOptions, type ImageOptions, readCalibration } from "./calibration/index.js";
export { type Candidate, type Conversion, convert } from "./convert/convert.js";
export type { Costs } from "./convert/measure.js";
export type { ConvertOptions, ProductCode } from "./convert/plans.js";
export type { CalibrationRows } from "./convert/rows.js";
export type { AuthorsForm, LastLayer, LayerOrigin, StoredType } from "./last-layer.js";
export { type HeadGraph, type OnnxModel, type OpenOptions, openOnnx } from "./onnx/index.js";
export { Problem } from "./problem.js";
export { type ReadOptions, readLastLayer } from "./read/index.js";
export {
  type HeadGraphOptions,
  type HeadModelOptions,
  headGraph,
  headModel,
  pytorchModule,
  type SafetensorsOptions,
  type TensorflowJsOptions,
  writeSafetensors,
  writeTensorflowJs,
} from "./write/index.js";
