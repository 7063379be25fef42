import type { FixedClassifier } from "fixed-classifier";
import type { TensorMetadata } from "../inference/request.js";
import type { Backbone } from "./backbone.js";

export type OutputName = "logits" | "probabilities";

/** One version of a model, ready to compute. It never changes: a swap puts another in its place. */
export interface Model {
  readonly name: string;
  readonly version: string;
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  /** What it gives, in the order in which a request that names none gets them. */
  readonly outputs: readonly (TensorMetadata & { readonly name: OutputName })[];
  readonly head: FixedClassifier;
  /** What makes features of the inputs; absent where features come in. */
  readonly backbone?: Backbone;
  /** From which a worker makes the same head, once: the number is another for each that is loaded. */
  readonly headFile: { readonly id: number; readonly bytes: SharedArrayBuffer };
  /** A name a class; "" for those that have none. */
  readonly labels: readonly string[];
  /** What the integers of INT8 features are multiplied by. */
  readonly featureScale: number;
  /** What a row costs in nanoseconds on the event loop, as measured when the model was tried. */
  readonly rowCost: number;
}
