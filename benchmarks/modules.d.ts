// What the benchmarks, the training runs and the trained heads use of libraries that have a package.json of their own. The type check does
// without these: they are large, and installed only when something is measured against them.

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
      AttributeProto: { AttributeType: { INT: number; INTS: number } };
    };
  };
  export default onnxProto;
}

declare module "onnxruntime-node" {
  export interface Tensor<T = Float32Array> {
    data: T;
  }
  export interface InferenceSession {
    run(
      inputs: Record<string, Tensor<unknown>>,
      outputs?: Record<string, Tensor<unknown>>,
    ): Promise<Record<string, Tensor>>;
    release(): Promise<void>;
  }
  const runtime: {
    InferenceSession: { create(model: Uint8Array, options: object): Promise<InferenceSession> };
    Tensor: new <T>(type: string, data: T, dims: number[]) => Tensor<T>;
    env: { wasm: { numThreads?: number } };
  };
  export default runtime;
}

declare module "onnxruntime-web" {
  export { default } from "onnxruntime-node";
}

declare module "sharp" {
  export interface Sharp {
    resize(width: number, height: number, options: { fit: "cover" }): Sharp;
    flatten(): Sharp;
    removeAlpha(): Sharp;
    toColourspace(space: "srgb"): Sharp;
    raw(): Sharp;
    toBuffer(): Promise<Uint8Array>;
  }
  export default function sharp(path: string): Sharp;
}
