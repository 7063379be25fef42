/** Requests and answers as all transports have them: a transport only makes them of bytes, and bytes of them. */

/** The number types that features may come in; BF16 only as raw bytes. */
export type Datatype = "FP16" | "BF16" | "FP32" | "FP64" | "INT8";

/** What a model takes or gives: −1 stands for the rows of a request. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

export interface InputTensor {
  readonly name: string;
  /** As the client gave it: it is checked where the model is known. */
  readonly datatype: string;
  readonly shape: readonly number[];
  /** Raw little-endian bytes of the datatype, at any offset, or numbers as JSON and typed contents have them. */
  readonly contents: Uint8Array | ArrayLike<number>;
}

export interface OutputRequest {
  readonly name: string;
  /** The k best classes instead of numbers, as "value:index:label"; 0 for numbers. */
  readonly classification: number;
}

export type Parameters = Readonly<Record<string, string | number | boolean>>;

export interface InferRequest {
  readonly model: string;
  /** Empty for the newest. */
  readonly version: string;
  readonly inputs: readonly InputTensor[];
  /** Empty for all outputs of the model. */
  readonly outputs: readonly OutputRequest[];
  readonly parameters: Parameters;
  readonly signal?: AbortSignal;
  /** The answer's numbers, where it comes without a promise, are copied before the next request is made: they may be lent. */
  readonly copiesAtOnce?: boolean;
  /** W3C trace context, as the client sent it. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

export interface OutputTensor {
  readonly name: string;
  readonly datatype: "FP32" | "BYTES";
  readonly shape: readonly number[];
  readonly contents: Float32Array | readonly string[];
}

export interface InferResponse {
  readonly model: string;
  readonly version: string;
  readonly outputs: readonly OutputTensor[];
}

export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/** What transports know of the server. Whatever is wrong is thrown as an InferenceError; small work is answered at once, without a promise. */
export interface Inference {
  infer(request: InferRequest): InferResponse | Promise<InferResponse>;
  metadata(model: string, version: string): ModelMetadata;
  isModelReady(model: string, version: string): boolean;
  /** Ready only while all expected models are, and not while it shuts down; live apart from it. */
  readonly isReady: boolean;
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
}
