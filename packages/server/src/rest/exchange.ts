import type { IncomingMessage, ServerResponse } from "node:http";
import { decompress } from "../inference/decompress.js";
import { InferenceError } from "../inference/errors.js";
import type { Inference, InferRequest, InferResponse } from "../inference/request.js";
import { sendAnswer } from "./answer.js";
import { type BodyTaker, keepBody, OUTSIDE, readBody } from "./body.js";
import { acceptedEncoding, contentEncoding, type Encoding } from "./encodings.js";
import { inferenceErrorOf, writeFailure } from "./failures.js";
import type { HeadCache } from "./head-cache.js";
import { checkContentType, jsonLengthOf } from "./headers.js";
import type { RestOptions } from "./options.js";
import { rawInput } from "./raw.js";
import { inputsOf } from "./request.js";
import { encode, type Form } from "./response.js";

/** What routes need of the server. */
export interface RestContext {
  readonly inference: Inference;
  readonly options: RestOptions & { readonly bodyLimit: number };
  readonly heads: HeadCache;
}

/** A request without JSON names no outputs: it gets all, as bytes. */
const RAW_FORM: Form = { id: undefined, isBinary: [], isBinaryByDefault: true };

/**
 * One inference request and its answer, on what node:http has of them: at tens of thousands of requests a second Fastify's own parsing and
 * sending would be a third of the time. Whatever goes wrong is answered here.
 */
export class Exchange implements InferRequest, BodyTaker {
  inputs: InferRequest["inputs"] = [];
  outputs: InferRequest["outputs"] = [];
  parameters: InferRequest["parameters"] = {};
  declare readonly traceparent?: string;
  declare readonly tracestate?: string;
  #form: Form = RAW_FORM;
  #encoding: Encoding = "identity";
  /** Where the JSON ends; undefined where all of the body is JSON. */
  #jsonLength: number | undefined;
  #entered = OUTSIDE;
  #abort: AbortController | undefined;

  constructor(
    readonly context: RestContext,
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly model: string,
    readonly version: string,
  ) {
    const { traceparent, tracestate } = request.headers;
    if (typeof traceparent === "string") this.traceparent = traceparent;
    if (typeof tracestate === "string") this.tracestate = tracestate;
  }

  /** Aborted when the client goes; made when somebody asks for it, as few requests live long enough. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      const { response } = this;
      if (response.destroyed) abort.abort();
      response.once("close", () => {
        if (!response.writableFinished) abort.abort();
      });
    }
    return this.#abort.signal;
  }

  start(): void {
    const { headers } = this.request;
    const { gate, bodyLimit } = this.context.options;
    try {
      checkContentType(headers["content-type"]);
      this.#encoding = contentEncoding(headers["content-encoding"]);
      this.#jsonLength = jsonLengthOf(headers["inference-header-content-length"]);
    } catch (error) {
      this.request.resume();
      this.refused(error, OUTSIDE);
      return;
    }
    readBody(this.request, { limit: bodyLimit, gate, alignAt: this.#jsonLength ?? 0 }, this);
  }

  taken(bytes: Buffer, entered: number): void {
    this.#entered = entered;
    if (this.#encoding === "identity") this.#infer(bytes);
    else {
      keepBody();
      this.#decompress(this.#encoding, bytes);
    }
  }

  refused(error: unknown, entered: number): void {
    this.#entered = entered;
    this.#fail(error);
  }

  gone(entered: number): void {
    this.#entered = entered;
    this.#leave();
  }

  async #decompress(encoding: "gzip" | "deflate", bytes: Buffer): Promise<void> {
    const { gate, bodyLimit } = this.context.options;
    try {
      const body = await decompress(encoding, bytes, bodyLimit, (more) => {
        if (gate === undefined) return;
        gate.grow(more);
        this.#entered += more;
      });
      this.#infer(body);
    } catch (error) {
      this.#fail(error);
    }
  }

  #infer(body: Buffer): void {
    try {
      this.#read(body);
      const answer = this.context.inference.infer(this);
      if (!(answer instanceof Promise)) this.#answer(answer);
      else {
        keepBody();
        answer.then(
          (response) => this.#answer(response),
          (error) => this.#fail(error),
        );
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #read(body: Buffer): void {
    const length = this.#jsonLength ?? body.length;
    if (length > body.length) {
      throw new InferenceError(
        "invalid",
        `Inference-Header-Content-Length is ${length}, but the body has ${body.length} bytes`,
      );
    }
    if (this.#jsonLength === 0) {
      this.inputs = [rawInput(this.context.inference.metadata(this.model, this.version), body)];
      return;
    }
    const head = this.context.heads.read(body.subarray(0, length));
    this.inputs = inputsOf(head, body.subarray(length));
    this.outputs = head.outputs;
    this.parameters = head.parameters;
    this.#form = head;
  }

  #answer(answer: InferResponse): void {
    const { request, response, context } = this;
    try {
      this.#count(answer);
      const encoding = acceptedEncoding(request.headers["accept-encoding"]);
      const isLast = context.options.gate?.isDraining ?? false;
      const sent = sendAnswer(response, encode(answer, this.#form), encoding, isLast);
      if (sent === undefined) this.#leave();
      else {
        sent.then(
          () => this.#leave(),
          (error) => this.#fail(error),
        );
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A client that reads slowly holds its answer as it held its request. */
  #count({ outputs }: InferResponse): void {
    const { gate } = this.context.options;
    if (gate === undefined) return;
    let bytes = 0;
    for (const { contents } of outputs) if (contents instanceof Float32Array) bytes += contents.byteLength;
    gate.grow(bytes);
    this.#entered += bytes;
  }

  #fail(error: unknown): void {
    const { response, context } = this;
    const { gate } = context.options;
    this.#leave();
    // The client went: nobody is left to tell.
    if (response.destroyed) return;
    const failure = inferenceErrorOf(error);
    gate?.failed(failure, this.model, this.version);
    if (response.headersSent) response.destroy();
    else writeFailure(response, failure, gate?.isDraining ?? false);
  }

  #leave(): void {
    if (this.#entered === OUTSIDE) return;
    this.context.options.gate?.leave(this.#entered);
    this.#entered = OUTSIDE;
  }
}
