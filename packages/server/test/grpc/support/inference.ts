import type { Inference, InferRequest, InferResponse } from "../../../src/inference/request.js";

/** Inference that does what a test wants, about one model "m". */
export class ScriptedInference implements Inference {
  readonly name = "scripted";
  readonly version = "0";
  readonly extensions = [];
  isReady = true;

  constructor(readonly infer: (request: InferRequest) => InferResponse | Promise<InferResponse>) {}

  isModelReady(): boolean {
    return this.isReady;
  }

  metadata(): never {
    throw new Error("secret");
  }
}

/** An answer without outputs. */
export const DONE: InferResponse = { model: "m", version: "1", outputs: [] };

export interface Held {
  readonly request: InferRequest;
  finish(response?: InferResponse): void;
  fail(error: unknown): void;
}

/** Inference whose answers wait until the test gives them. */
export function held() {
  const waiting: Held[] = [];
  const arrivals: (() => void)[] = [];
  const inference = new ScriptedInference(
    (request) =>
      new Promise((resolve, reject) => {
        waiting.push({ request, finish: (response = DONE) => resolve(response), fail: reject });
        for (const arrived of arrivals.splice(0)) arrived();
      }),
  );
  return {
    inference,
    waiting,
    /** Resolves when so many requests wait. */
    async until(count: number): Promise<void> {
      while (waiting.length < count) await new Promise<void>((resolve) => arrivals.push(resolve));
    },
  };
}
