import { join } from "node:path";
import { expect, test } from "vitest";
import { InferenceError } from "../../src/inference/errors.js";
import { placeOf } from "../../src/models/places.js";
import { createInference } from "../../src/server/inference.js";
import { ServerMetrics } from "../../src/server/metrics.js";
import { bytesOf, headOf, rowsOf, serving } from "../support/models.js";

/** Samples by name and labels; a line that is none is an error. */
function samplesOf(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name, value] = /^([a-z_:][\w:]*(?:\{[^}]*\})?) (\S+)$/i.exec(line) as RegExpExecArray;
    samples.set(name, Number(value));
  }
  return samples;
}

test("requests, rows and histograms by model and version, through a swap", async () => {
  const { folder } = await serving({ digits: headOf() });
  const metrics = new ServerMetrics((model, version) => models.answering(model, version));
  const { inference, models } = createInference([placeOf(join(folder, "digits.safetensors"))], {
    recorder: metrics,
  });
  const ask = (rows: number) => {
    const contents = bytesOf(rowsOf(rows, 20));
    const inputs = [{ name: "features", datatype: "FP32", shape: [rows, 20], contents }];
    return inference.infer({ model: "digits", version: "", inputs, outputs: [], parameters: {} });
  };
  await models.loadAll();
  ask(1);
  ask(3);
  await models.load("digits");
  ask(100);
  metrics.failed(new InferenceError("invalid", "x"), "digits");
  metrics.failed(new InferenceError("invalid", "x"), "digits", "1");
  metrics.failed(new InferenceError("not-found", "x"), "digits", "whatever a client likes");
  metrics.failed(new InferenceError("not-found", "x"), "whatever a client likes");
  metrics.watch({
    ...{ requestsInFlight: () => 5, bytesInFlight: () => 6, eventLoopLagSeconds: () => 0.25 },
    ...{ queued: () => 7, ready: () => 1 },
  });
  const text = await metrics.render();
  const samples = samplesOf(text);
  const labels = 'model="digits",version="1"';
  expect(text).toContain("# TYPE fixed_classifier_batch_rows histogram");
  expect(text).toContain("# TYPE fixed_classifier_rows_total counter");
  expect(
    Object.fromEntries([...samples].filter(([name]) => /classifier_(requests|rows|errors)_total/.test(name))),
  ).toEqual({
    [`fixed_classifier_requests_total{${labels}}`]: 3,
    [`fixed_classifier_rows_total{${labels}}`]: 104,
    [`fixed_classifier_errors_total{${labels},code="invalid"}`]: 2,
    'fixed_classifier_errors_total{model="digits",version="",code="not-found"}': 1,
    'fixed_classifier_errors_total{model="",version="",code="not-found"}': 1,
  });
  const bucket = (le: string) => samples.get(`fixed_classifier_batch_rows_bucket{${labels},le="${le}"}`);
  expect(["1", "2", "4", "64", "128", "+Inf"].map(bucket)).toEqual([1, 1, 2, 2, 3, 3]);
  expect(samples.get(`fixed_classifier_batch_rows_sum{${labels}}`)).toBe(104);
  expect(samples.get(`fixed_classifier_compute_seconds_count{${labels}}`)).toBe(3);
  expect(samples.get(`fixed_classifier_queue_seconds_count{${labels}}`)).toBe(3);
  expect(samples.get("fixed_classifier_event_loop_lag_seconds")).toBe(0.25);
  expect(samples.get("fixed_classifier_queued_requests")).toBe(7);
  expect(samples.has("process_resident_memory_bytes")).toBe(true);
});
