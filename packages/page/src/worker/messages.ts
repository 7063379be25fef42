import type { Guess } from "../model/classify.js";
import type { HeadName } from "../model/heads.js";
import type { TensorFlowBackend } from "../tensorflow/start.js";
import type { Timing } from "../timing/measure.js";

/** A number for each head that is trained. */
export type PerHead = Partial<Record<HeadName, number>>;

/** What is drawn of a training: the mean loss since the point before, and now and then the accuracy on the test images. */
export interface Point {
  readonly epoch: number;
  readonly loss: PerHead | null;
  readonly accuracy: PerHead | null;
}

/** A training that is over. */
export interface Result {
  readonly accuracy: PerHead;
  readonly testImages: number;
  readonly parameters: PerHead;
  readonly epochs: number;
  readonly seconds: number;
  readonly stopped: boolean;
}

/** What the page asks of the worker that trains. */
export type TrainerRequest =
  | { readonly type: "train"; readonly heads: readonly HeadName[]; readonly epochs: number }
  | { readonly type: "stop" }
  | { readonly type: "restore" }
  | { readonly type: "classify"; readonly id: number; readonly image: Float32Array };

export type TrainerReply =
  | { readonly type: "runtime"; readonly heads: string; readonly trunk: TensorFlowBackend }
  | { readonly type: "point"; readonly point: Point }
  | { readonly type: "ready" }
  | { readonly type: "trained"; readonly result: Result; readonly file: Uint8Array }
  | { readonly type: "kept"; readonly problem: string | null }
  | { readonly type: "restored"; readonly problem: string | null; readonly file: Uint8Array | null }
  | { readonly type: "classified"; readonly id: number; readonly guesses: readonly Guess[] }
  | { readonly type: "failed"; readonly message: string };

/** What the page asks of the worker that measures. */
export type TimerRequest = { readonly type: "measure"; readonly memory: number };

export type TimerReply =
  | { readonly type: "runtime"; readonly fixed: string; readonly dense: string }
  | { readonly type: "timing"; readonly timing: Timing }
  | { readonly type: "done" }
  | { readonly type: "failed"; readonly message: string };

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
