import { testStructure } from "../../structure.js";

testStructure(
  new URL("../src", import.meta.url),
  {
    tensors: [],
    onnx: ["tensors"],
    containers: ["tensors"],
    read: ["tensors", "containers", "onnx"],
    write: ["tensors", "containers", "onnx"],
    convert: ["tensors", "containers", "onnx"],
    calibration: ["tensors", "containers", "onnx", "read"],
  },
  // What `npm run proto` makes.
  /^onnx\/onnx_pb\.ts$/,
);
