import type { ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";
import { InferenceError } from "../inference/errors.js";
import type { Inference, InferRequest, InferResponse } from "../inference/request.js";
import type { Gate } from "../inference/services.js";
import { aligned, keepAligned } from "./aligned.js";
import { definitions } from "./protocol.js";
import { type DecodedRequest, decodeRequest } from "./request.js";
import { encodeResponse } from "./response.js";
import { failureOf, statusOf } from "./status.js";

type Call = ServerUnaryCall<Buffer, Buffer>;
type Answer = sendUnaryData<Buffer>;

interface Named {
  readonly name: string;
  readonly version: string;
}

/** The six calls of the protocol over any `Inference`. */
export class Calls {
  constructor(
    private readonly inference: Inference,
    private readonly gate: Pick<Gate, "failed"> | undefined,
  ) {}

  readonly handlers = {
    ServerLive: this.small("ServerLive", () => ({ live: true })),
    ServerReady: this.small("ServerReady", () => ({ ready: this.inference.isReady })),
    ServerMetadata: this.small("ServerMetadata", () => {
      const { name, version, extensions } = this.inference;
      return { name, version, extensions };
    }),
    ModelReady: this.small("ModelReady", ({ name, version }) => ({
      ready: this.inference.isModelReady(name, version),
    })),
    ModelMetadata: this.small("ModelMetadata", ({ name, version }) => this.inference.metadata(name, version)),
    ModelInfer: (call: Call, answer: Answer) => this.infer(call, answer),
  };

  /** The calls that are no inference: their messages are small, so the ready-made way serves. */
  private small(name: string, respond: (request: Named) => object) {
    const { requestDeserialize, responseSerialize } = definitions[name];
    return (call: Call, answer: Answer) => {
      let request: Named | undefined;
      try {
        request = decoded(name, () => requestDeserialize(call.request) as Named);
        answer(null, responseSerialize(respond(request)));
      } catch (error) {
        this.fail(error, request?.name, request?.version, answer);
      }
    };
  }

  /** Without a promise, and so without a turn of the event loop, where the models need none. */
  private infer(call: Call, answer: Answer): void {
    let request: Request | undefined;
    try {
      request = new Request(decodeRequest(call.request), call);
      const response = this.inference.infer(request);
      if (!(response instanceof Promise)) {
        succeed(request, response, answer);
        return;
      }
      keepAligned();
      const asked = request;
      response
        .then((late) => succeed(asked, late, answer))
        .catch((error: unknown) => this.failInference(error, asked, call, answer));
    } catch (error) {
      this.failInference(error, request, call, answer);
    }
  }

  /** Who has gone hears nothing of it, and what was broken off for that is no failure. */
  private failInference(error: unknown, asked: Request | undefined, call: Call, answer: Answer): void {
    if (call.cancelled) answer(statusOf(failureOf(error)));
    else this.fail(error, asked?.model, asked?.version, answer);
  }

  private fail(error: unknown, model: string | undefined, version: string | undefined, answer: Answer): void {
    const failure = failureOf(error);
    this.gate?.failed(failure, model ?? "", version ?? "");
    answer(statusOf(failure));
  }
}

function succeed({ id, isRaw }: Request, response: InferResponse, answer: Answer): void {
  answer(null, encodeResponse(response, id, isRaw));
}

/** A request with what its call knows besides the message. */
class Request implements InferRequest {
  readonly copiesAtOnce = true;
  readonly model: string;
  readonly version: string;
  readonly id: string;
  readonly isRaw: boolean;
  readonly inputs: InferRequest["inputs"];
  readonly outputs: InferRequest["outputs"];
  readonly parameters: InferRequest["parameters"];

  constructor(
    request: DecodedRequest,
    private readonly call: Call,
  ) {
    this.model = request.model;
    this.version = request.version;
    this.id = request.id;
    this.isRaw = request.isRaw;
    this.inputs = aligned(request.inputs);
    this.outputs = request.outputs;
    this.parameters = request.parameters;
  }

  /** Aborted when the client cancels or its deadline passes; made only for who asks, as small work is done before it could be. */
  get signal(): AbortSignal {
    const controller = new AbortController();
    if (this.call.cancelled) controller.abort();
    else this.call.once("cancelled", () => controller.abort());
    return controller.signal;
  }

  get traceparent(): string | undefined {
    return this.header("traceparent");
  }

  get tracestate(): string | undefined {
    return this.header("tracestate");
  }

  private header(name: string): string | undefined {
    return this.call.metadata.get(name)[0]?.toString();
  }
}

function decoded<T>(name: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw new InferenceError("invalid", `the message is no ${name}Request: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
