import type { IncomingMessage } from "node:http";
import { InferenceError } from "../inference/errors.js";
import type { Gate } from "../inference/services.js";

/** Numbers of eight bytes are read in place where they begin at a multiple of eight. */
const ALIGNMENT = 8;

export interface BodyOptions {
  readonly limit: number;
  readonly gate: Gate | undefined;
  /** Where in the body something begins that should lie aligned in memory. */
  readonly alignAt: number;
}

/** So many bytes are counted before they come, so that the gate is asked once for a small request. */
const AT_ONCE = 2 ** 16;

export const OUTSIDE = -1;

/** Who wants a body: told once of it, of why there is none, or that the client went first. */
export interface BodyTaker {
  /** The bytes are lent: who needs them after this has returned calls `keepBody` before. The gate was entered for so many, or OUTSIDE. */
  taken(bytes: Buffer, entered: number): void;
  refused(error: unknown, entered: number): void;
  gone(entered: number): void;
}

/**
 * Takes the body of a request whole. What is too large, or finds no room, is refused at once and read on into nothing, so that the client
 * gets to see the answer and the connection stays usable.
 */
export function readBody(request: IncomingMessage, options: BodyOptions, taker: BodyTaker): void {
  const body = new Body(request, options, taker);
  request.on("data", (chunk: Buffer) => body.take(chunk));
  request.on("end", () => body.end());
  request.on("close", () => body.close());
  body.begin();
}

class Body {
  #chunks: Buffer[] = [];
  #received = 0;
  #entered = OUTSIDE;
  #isDone = false;
  /** The whole body, where its length was told and it did not come in one piece. */
  #target: Buffer | undefined;
  /** As the headers tell it, or -1. */
  readonly #length: number;

  constructor(
    request: IncomingMessage,
    readonly options: BodyOptions,
    readonly taker: BodyTaker,
  ) {
    const header = request.headers["content-length"];
    this.#length = header === undefined ? -1 : Number(header);
  }

  begin(): void {
    const { limit, gate } = this.options;
    const length = Math.max(this.#length, 0);
    try {
      if (length > limit) throw tooLarge(limit);
      // What is only announced takes no memory: a few that announce much and send nothing would keep everybody out.
      const entered = Math.min(length, AT_ONCE);
      gate?.enter(entered);
      this.#entered = entered;
    } catch (error) {
      this.#refuse(error);
    }
  }

  take(chunk: Buffer): void {
    if (this.#isDone) return;
    const { limit, gate } = this.options;
    const before = this.#received;
    this.#received += chunk.length;
    try {
      if (this.#received > limit) throw tooLarge(limit);
      if (this.#received > this.#entered) {
        gate?.grow(this.#received - this.#entered);
        this.#entered = this.#received;
      }
      if (this.#length >= 0) {
        if (chunk.length === this.#length) this.#target = chunk;
        else {
          this.#target ??= aligned(this.#length, this.options.alignAt);
          this.#target.set(chunk, before);
        }
        return;
      }
      this.#chunks.push(chunk);
    } catch (error) {
      this.#refuse(error);
    }
  }

  end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.taker.taken(placed(this.#target ?? this.#joined(), this.options.alignAt), this.#entered);
  }

  close(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.taker.gone(this.#entered);
  }

  #refuse(error: unknown): void {
    this.#isDone = true;
    this.#chunks = [];
    this.#target = undefined;
    this.taker.refused(error, this.#entered);
  }

  #joined(): Buffer {
    const all = aligned(this.#received, this.options.alignAt);
    let position = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, position);
      position += chunk.length;
    }
    return all;
  }
}

/** Bodies that came in one piece are moved here, where their numbers lie aligned: to allocate for each would cost more than to compute a row. */
let lent = Buffer.allocUnsafeSlow(2 ** 16);

/** The last body that was taken belongs to its taker; the next gets other memory. */
export function keepBody(): void {
  lent = Buffer.allocUnsafeSlow(lent.length);
}

function placed(body: Buffer, alignAt: number): Buffer {
  const offset = offsetOf(alignAt);
  if ((body.byteOffset + alignAt) % ALIGNMENT === 0 || body.length + offset > lent.length) return body;
  body.copy(lent, offset);
  return lent.subarray(offset, offset + body.length);
}

/** So many bytes, of which number `alignAt` lies at a multiple of eight. */
function aligned(length: number, alignAt: number): Buffer {
  const offset = offsetOf(alignAt);
  return Buffer.allocUnsafeSlow(length + ALIGNMENT).subarray(offset, offset + length);
}

const offsetOf = (alignAt: number) => (ALIGNMENT - (alignAt % ALIGNMENT)) % ALIGNMENT;

function tooLarge(limit: number): InferenceError {
  return new InferenceError("too-large", `the body is larger than ${limit} bytes, the limit of this server`);
}
