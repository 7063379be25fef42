import { InferenceError } from "../../../src/inference/errors.js";
import type { Gate } from "../../../src/inference/services.js";

/** A gate that counts. */
export class CountingGate implements Gate {
  isDraining = false;
  inside = 0;
  bytes = 0;
  entered = 0;
  readonly failures: [string, string][] = [];
  limit = Number.POSITIVE_INFINITY;

  enter(bytes: number): void {
    if (this.inside >= this.limit) throw new InferenceError("exhausted", "full", { retryAfter: 1.5 });
    this.inside++;
    this.entered++;
    this.bytes += bytes;
  }

  grow(bytes: number): void {
    this.bytes += bytes;
  }

  leave(bytes: number): void {
    this.inside--;
    this.bytes -= bytes;
  }

  failed({ failure }: InferenceError, model: string): void {
    this.failures.push([failure, model]);
  }
}
