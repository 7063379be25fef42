import { context, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { pino } from "pino";
import { afterAll, expect, test } from "vitest";
import type { InferRequest } from "../../src/inference/request.js";
import { observed } from "../../src/server/observed.js";
import { parentOf } from "../../src/server/trace-context.js";
import { bytesOf, headOf, rowsOf, serving } from "../support/models.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const { inference } = await serving({ digits: headOf() });

const request = (more: Partial<InferRequest> = {}): InferRequest => {
  const inputs = [{ name: "features", datatype: "FP32", shape: [2, 20], contents: bytesOf(rowsOf(2, 20)) }];
  return { model: "digits", version: "", inputs, outputs: [], parameters: {}, ...more };
};

test("nothing stands between where nothing is wanted", () => {
  expect(observed(inference, { isTracing: false })).toBe(inference);
});

test("the access log has a line for every request, with its trace", async () => {
  const lines: object[] = [];
  const access = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) });
  const watched = observed(inference, { access, isTracing: false });
  expect(await watched.infer(request({ traceparent: PARENT }))).toEqual(inference.infer(request()));
  expect(() => watched.infer(request({ model: "letters" }))).toThrow(/no model "letters"/);
  expect(lines).toEqual([
    expect.objectContaining({
      msg: "infer",
      model: "digits",
      version: "1",
      code: "ok",
      rows: 2,
      trace: TRACE,
    }),
    expect.objectContaining({ msg: "infer", model: "letters", code: "not-found" }),
  ]);
  expect(lines[1]).not.toHaveProperty("trace");
});

const spans: object[] = [];
afterAll(() => trace.disable());

test("a span for every request, a child of the client's", async () => {
  // As an SDK sets it, with a tracer that only keeps what it is told.
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan(name, options, parent = ROOT_CONTEXT) {
        const span: Record<string, unknown> = { name, ...options, parent: trace.getSpanContext(parent) };
        spans.push(span);
        return {
          ...trace.wrapSpanContext({ traceId: TRACE, spanId: "b7ad6b7169203331", traceFlags: 1 }),
          setAttributes: (more: object) => Object.assign(span.attributes as object, more),
          setStatus: (status: object) => Object.assign(span, { status }),
          end: () => Object.assign(span, { isEnded: true }),
        } as never;
      },
      startActiveSpan: () => {
        throw new Error("not used");
      },
    }),
  });
  const watched = observed(inference, { isTracing: true });
  watched.infer(request({ traceparent: PARENT, tracestate: "vendor=x" }));
  expect(() => watched.infer(request({ model: "letters" }))).toThrow();
  expect(spans).toEqual([
    expect.objectContaining({
      name: "infer digits",
      attributes: { "model.name": "digits", "model.version": "1", rows: 2 },
      parent: expect.objectContaining({ traceId: TRACE, spanId: "00f067aa0ba902b7", isRemote: true }),
      isEnded: true,
    }),
    expect.objectContaining({
      name: "infer letters",
      status: { code: SpanStatusCode.ERROR, message: expect.stringMatching(/letters/) },
      isEnded: true,
    }),
  ]);
  expect(context.active()).toBe(ROOT_CONTEXT);
});

test.each([
  ["nothing", undefined],
  ["no trace", "hello"],
  ["version ff", PARENT.replace("00-", "ff-")],
  ["version 00 that goes on", `${PARENT}-more`],
  ["zeros", `00-${"0".repeat(32)}-00f067aa0ba902b7-01`],
  ["capitals", PARENT.toUpperCase()],
])("%s is no parent", (_, traceparent) => {
  expect(parentOf({ traceparent })).toBe(ROOT_CONTEXT);
});

test("a later version may go on", () => {
  const parent = parentOf({ traceparent: `${PARENT.replace("00-", "01-")}-more`, tracestate: "a=b" });
  const span = trace.getSpanContext(parent);
  expect(span?.traceId).toBe(TRACE);
  expect(span?.traceState?.get("a")).toBe("b");
});
