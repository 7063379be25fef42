/** What runs a graph: one small interface, so that nothing else knows which library it is. */

export type ElementType = "float32" | "int32" | "int64" | "bool";
export type Numbers = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** An input or output of a model with the array that it is read from or written to in every run. */
export interface Binding {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Numbers;
}

/** A model that is ready to run. */
export interface Session {
  /** Reads the arrays of the inputs and writes those of the outputs. */
  run(): Promise<void>;
  release(): Promise<void>;
}

export interface Engine {
  readonly name: "native" | "embedded";
  /** "native (onnxruntime-node 1.30.0)": what stands in a report. */
  readonly description: string;
  /** @param model in the format of ONNX */
  session(model: Uint8Array, inputs: readonly Binding[], outputs: readonly Binding[]): Promise<Session>;
}
