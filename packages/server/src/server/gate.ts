import { monitorEventLoopDelay } from "node:perf_hooks";
import { InferenceError } from "../inference/errors.js";
import type { Gate } from "../inference/services.js";

export interface GateLimits {
  /** Bytes of all requests that are being answered. */
  readonly bytesInFlight: number;
  readonly requestsInFlight: number;
  /** While the event loop comes later than this, no request is taken. */
  readonly eventLoopLagMilliseconds: number;
}

const RESOLUTION = 10;
const INTERVAL = 250;

/** Counts what is being answered, and turns away what would be answered too late or would not fit into memory. */
export class ServerGate implements Gate {
  isDraining = false;
  #bytes = 0;
  #requests = 0;
  /** As the last interval had it, in milliseconds. */
  #lag = 0;
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly limits: GateLimits,
    readonly failed: Gate["failed"],
  ) {
    this.#delay.enable();
    this.#timer = setInterval(() => this.#measure(), INTERVAL).unref();
  }

  get bytes(): number {
    return this.#bytes;
  }

  get requests(): number {
    return this.#requests;
  }

  get lagMilliseconds(): number {
    return this.#lag;
  }

  enter(bytes: number): void {
    const { requestsInFlight, eventLoopLagMilliseconds } = this.limits;
    if (this.#lag > eventLoopLagMilliseconds) {
      throw busy(`the server is ${Math.round(this.#lag)} ms behind`);
    }
    if (this.#requests >= requestsInFlight) {
      throw busy(`${requestsInFlight} requests are being answered already`);
    }
    this.grow(bytes);
    this.#requests++;
  }

  grow(bytes: number): void {
    if (this.#bytes + bytes > this.limits.bytesInFlight) {
      throw busy(`requests of ${this.#bytes} bytes are being answered already`);
    }
    this.#bytes += bytes;
  }

  leave(bytes: number): void {
    this.#bytes -= bytes;
    this.#requests--;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  #measure(): void {
    // Without a sample the mean is not a number.
    this.#lag = Math.max(0, this.#delay.mean / 1e6 - RESOLUTION) || 0;
    this.#delay.reset();
  }
}

function busy(what: string): InferenceError {
  return new InferenceError("exhausted", `${what}; try again later`, { retryAfter: 1 });
}
