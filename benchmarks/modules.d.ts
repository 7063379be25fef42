// What the benchmarks use of the libraries in benchmarks/package.json. The type check does without these: they are large, and
// installed only when something is measured against them.

declare module "vega" {
  export function parse(spec: object): object;
  export class View {
    constructor(runtime: object, options: { renderer: "none" });
    toSVG(): Promise<string>;
  }
}

declare module "vega-lite" {
  export function compile(spec: object): { spec: object };
}

declare module "onnx-proto" {
  interface Message {
    fromObject(object: object): object;
    encode(message: object): { finish(): Uint8Array };
  }
  const onnxProto: {
    onnx: {
      ModelProto: Message;
      TensorProto: { DataType: { FLOAT: number } };
      AttributeProto: { AttributeType: { INT: number } };
    };
  };
  export default onnxProto;
}

declare module "onnxruntime-node" {
  interface Tensor {
    data: Float32Array;
  }
  interface InferenceSession {
    run(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>;
    release(): Promise<void>;
  }
  const runtime: {
    InferenceSession: { create(model: Uint8Array, options: object): Promise<InferenceSession> };
    Tensor: new (type: "float32", data: Float32Array, dims: number[]) => Tensor;
    env: { wasm: { numThreads?: number } };
  };
  export default runtime;
}

declare module "onnxruntime-web" {
  export { default } from "onnxruntime-node";
}
