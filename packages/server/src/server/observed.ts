import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { InferenceError } from "../inference/errors.js";
import type { Inference, InferRequest, InferResponse } from "../inference/request.js";
import { VERSION } from "./about.js";
import type { Logger } from "./log.js";
import { parentOf } from "./trace-context.js";

export interface Observation {
  /** A line a request. */
  readonly access?: Logger;
  /** A span a request. */
  readonly isTracing: boolean;
}

/** The same inference with a log line or a span for every request; as it is where neither is wanted, so that they cost nothing. */
export function observed<I extends Inference>(inference: I, observation: Observation): Inference {
  return observation.access === undefined && !observation.isTracing
    ? inference
    : new ObservedInference(inference, observation);
}

class ObservedInference implements Inference {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
  readonly #tracer: Tracer | undefined;

  constructor(
    private readonly inference: Inference,
    private readonly observation: Observation,
  ) {
    this.name = inference.name;
    this.version = inference.version;
    this.extensions = inference.extensions;
    if (observation.isTracing) this.#tracer = trace.getTracer("fixed-classifier-server", VERSION);
  }

  get isReady(): boolean {
    return this.inference.isReady;
  }

  isModelReady(model: string, version: string): boolean {
    return this.inference.isModelReady(model, version);
  }

  metadata(model: string, version: string) {
    return this.inference.metadata(model, version);
  }

  infer(request: InferRequest): InferResponse | Promise<InferResponse> {
    const end = this.#begin(request);
    try {
      const response = this.inference.infer(request);
      if (!(response instanceof Promise)) {
        end(response);
        return response;
      }
      return response.then(
        (late) => {
          end(late);
          return late;
        },
        (error) => {
          end(error);
          throw error;
        },
      );
    } catch (error) {
      end(error);
      throw error;
    }
  }

  /** What is to be called with the response or the error. */
  #begin(request: InferRequest): (result: unknown) => void {
    const start = performance.now();
    const parent = parentOf(request);
    const span = this.#tracer?.startSpan(
      `infer ${request.model}`,
      { kind: SpanKind.SERVER, attributes: { "model.name": request.model } },
      parent,
    );
    return (result) => {
      const error = result instanceof Error ? result : undefined;
      const response = error === undefined ? (result as InferResponse) : undefined;
      const code = error === undefined ? "ok" : error instanceof InferenceError ? error.failure : "internal";
      const rows = response?.outputs[0]?.shape[0];
      if (span !== undefined) {
        if (response !== undefined) {
          span.setAttributes({ "model.version": response.version, ...(rows !== undefined && { rows }) });
        }
        if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
        span.end();
      }
      this.observation.access?.info(
        {
          model: request.model,
          version: response?.version ?? request.version,
          code,
          rows,
          ms: Number((performance.now() - start).toFixed(3)),
          trace: span?.spanContext().traceId ?? traceIdOf(parent),
        },
        "infer",
      );
    };
  }
}

function traceIdOf(parent: Context): string | undefined {
  return parent === ROOT_CONTEXT ? undefined : trace.getSpanContext(parent)?.traceId;
}
