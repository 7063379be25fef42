import {
  type Context,
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  type SpanContext,
  trace,
} from "@opentelemetry/api";
import type { InferRequest } from "../inference/request.js";

/** https://www.w3.org/TR/trace-context/ */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The span of the client that a request belongs to; the root where it names none, or one that is malformed. */
export function parentOf(request: Pick<InferRequest, "traceparent" | "tracestate">): Context {
  const { traceparent, tracestate } = request;
  const found = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  if (found === null) return ROOT_CONTEXT;
  const [, version, traceId, spanId, flags, more] = found;
  // Version 00 ends after the flags, later ones may go on, and ff is none.
  if (version === "ff" || (version === "00" && more !== undefined)) return ROOT_CONTEXT;
  const context: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  };
  return isSpanContextValid(context) ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT;
}
