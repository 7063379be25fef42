import { constants } from "node:http2";
import { ServerInterceptingCall, type ServerInterceptor, status } from "@grpc/grpc-js";
import { InferenceError } from "../inference/errors.js";
import type { Gate } from "../inference/services.js";
import { countDecompressed, streamOf } from "./inside.js";
import type { Patience, Watched } from "./patience.js";
import { INFER } from "./protocol.js";
import { failureOf, statusOf } from "./status.js";

type Call = ConstructorParameters<typeof ServerInterceptingCall>[0];
type Listener = Parameters<ServerInterceptingCall["start"]>[0];
type Metadata = Parameters<ServerInterceptingCall["sendMetadata"]>[0];
type Status = Parameters<ServerInterceptingCall["sendStatus"]>[0];
type Method = Parameters<ServerInterceptor>[0];

/** What is no inference is a line or two; more of it is not counted but refused, as such calls go past a full gate and some want no key. */
const SMALL = 2 ** 16;

/** What a call is doing: its request comes, it is computed, its answer goes. */
const [COMING, COMPUTED, GOING] = [0, 1, 2];

const nothing = () => {};

export interface Watch {
  readonly gate: Gate | undefined;
  readonly patience: Patience;
  readonly maxMessage: number;
}

/** Counts what calls hold, and ends those whose client neither sends nor reads. The first of the interceptors, as it looks into grpc-js's own call. */
export function watching(watch: Watch): ServerInterceptor {
  return (method, call) => new WatchedCall(method, call, watch);
}

/** A call as grpc-js has it, and its listener: one object, where the ready-made interceptors take nine. */
class WatchedCall extends ServerInterceptingCall implements Watched, Listener {
  private listener: Listener | undefined;
  private readonly isInference: boolean;
  private phase = COMING;
  private isOver = false;
  private hasMessage = false;
  private isEntered = false;
  private isTimed = false;
  private held = 0;
  private since = 0;

  constructor(
    private readonly method: Method,
    private readonly call: Call,
    private readonly watch: Watch,
  ) {
    super(call);
    this.isInference = method.path === INFER;
  }

  override start(listener: Listener): void {
    this.listener = listener;
    // Before grpc-js hears of it: what finds no room is not kept.
    streamOf(this.call)?.prependListener("data", (bytes: Buffer) => {
      if (this.phase === COMING) this.take(bytes.length);
    });
    countDecompressed(
      this.call,
      this.isInference ? this.watch.maxMessage : SMALL,
      (bytes) => !this.isOver && this.take(bytes),
    );
    this.call.start(this);
  }

  onReceiveMetadata(metadata: Metadata): void {
    this.since = Date.now();
    // A stream of requests may be silent for as long as it likes.
    if (!this.method.requestStream) this.watch.patience.add(this);
    this.listener?.onReceiveMetadata(metadata);
  }

  onReceiveMessage(message: unknown): void {
    this.hasMessage = true;
    if (this.method.requestStream) this.release();
    else if (message instanceof Uint8Array && !this.take(message.length - this.held)) return;
    this.listener?.onReceiveMessage(message);
  }

  onReceiveHalfClose(): void {
    // One that is broken off ends, too, before it is over.
    if (this.isInference && this.hasMessage) {
      try {
        this.watch.gate?.enter(0);
        this.isEntered = true;
      } catch (error) {
        this.refuse(error);
        return;
      }
    }
    this.phase = COMPUTED;
    this.listener?.onReceiveHalfClose();
  }

  /** Called at the end of every call, however it ends. What is computed then is held until it is done. */
  onCancel(): void {
    this.isOver = true;
    this.watch.patience.delete(this);
    if (this.phase !== COMPUTED) this.release();
    this.listener?.onCancel();
  }

  override sendMetadata(metadata: Metadata): void {
    this.call.sendMetadata(metadata);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    if (this.method.responseStream) {
      this.call.sendMessage(message, callback);
      return;
    }
    this.go();
    if (this.isInference && !this.isOver && !this.take((message as Buffer).length)) return;
    this.call.sendMessage(message, nothing);
    // At once, so that the status goes in one piece with the message; until all has gone, the call is not over.
    callback();
  }

  override sendStatus(status: Status): void {
    this.go();
    this.call.sendStatus(status);
  }

  lookOver(now: number, { requestMs, stallMs }: Patience): void {
    if (this.phase === COMING && now - this.since >= requestMs) {
      const details = `the request did not come whole within ${requestMs / 1000} s`;
      this.sendStatus({ code: status.DEADLINE_EXCEEDED, details });
    } else if (this.phase === GOING && !this.isTimed) {
      this.isTimed = true;
      const stream = streamOf(this.call);
      stream?.setTimeout(stallMs, () => stream.close(constants.NGHTTP2_CANCEL));
    }
  }

  private go(): void {
    this.phase = GOING;
    if (this.isOver) this.release();
  }

  /** Whether there is room for so many bytes more; the call is refused otherwise. */
  private take(bytes: number): boolean {
    try {
      this.hold(bytes);
      return true;
    } catch (error) {
      this.refuse(error);
      return false;
    }
  }

  private hold(bytes: number): void {
    if (bytes <= 0 || this.isOver) return;
    if (this.isInference) this.watch.gate?.grow(bytes);
    else if (this.held + bytes > SMALL) {
      throw new InferenceError("too-large", `the request is larger than ${SMALL} bytes, and is no inference`);
    }
    this.held += bytes;
  }

  private release(): void {
    const { gate } = this.watch;
    if (this.isEntered) gate?.leave(this.held);
    else if (this.isInference) gate?.grow(-this.held);
    this.held = 0;
    this.isEntered = false;
  }

  private refuse(error: unknown): void {
    const failure = failureOf(error);
    this.watch.gate?.failed(failure, "");
    this.sendStatus(statusOf(failure));
  }
}
