import { Counter, collectDefaultMetrics, Gauge, type Metric, Registry } from "prom-client";
import type { Recorder } from "../execution/execution.js";
import type { InferenceError } from "../inference/errors.js";
import type { Metrics } from "../inference/services.js";
import type { Model } from "../models/model.js";
import { Histogram } from "./histogram.js";

const SECONDS = [
  1e-6, 1e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384];

/** What is counted of one version of a model; a swap goes on with the same. */
interface Counts {
  readonly labels: { readonly model: string; readonly version: string };
  requests: number;
  rows: number;
  readonly queue: Histogram;
  readonly compute: Histogram;
  readonly batch: Histogram;
  readonly backbone: Histogram;
}

/** What of the server is measured when somebody looks. */
export interface Gauges {
  readonly requestsInFlight: () => number;
  readonly bytesInFlight: () => number;
  readonly eventLoopLagSeconds: () => number;
  readonly queued: () => number;
  readonly ready: () => number;
}

/** Counts in plain numbers, which a request hardly feels, and makes metrics of them when Prometheus asks. */
export class ServerMetrics implements Metrics, Recorder {
  readonly #registry = new Registry();
  readonly contentType = this.#registry.contentType;
  readonly #counts = new Map<string, Counts>();
  readonly #ofModel = new WeakMap<Model, Counts>();
  readonly #failures: Counter<"model" | "version" | "code">;

  /** `answering`: the version that answers such a request, as `Models` has it. */
  constructor(private readonly answering: (model: string, version: string) => string | undefined) {
    collectDefaultMetrics({ register: this.#registry });
    this.#failures = new Counter({
      name: "fixed_classifier_errors_total",
      help: "Answers that were failures, by their kind",
      labelNames: ["model", "version", "code"],
      registers: [this.#registry],
    });
    this.#counter("requests_total", "Requests that were computed", (counts) => counts.requests);
    this.#counter("rows_total", "Rows that were computed", (counts) => counts.rows);
    this.#histogram("queue_seconds", "How long a request waited for others or for a thread", "queue");
    this.#histogram("compute_seconds", "How long rows were computed that were computed in one go", "compute");
    this.#histogram("batch_rows", "How many rows were computed in one go", "batch");
    this.#histogram("backbone_seconds", "How long a backbone took for the features of a request", "backbone");
  }

  watch(gauges: Gauges): void {
    const named: [keyof Gauges, string, string][] = [
      ["requestsInFlight", "requests_in_flight", "Requests that are being answered"],
      ["bytesInFlight", "bytes_in_flight", "Bytes of the requests that are being answered"],
      [
        "eventLoopLagSeconds",
        "event_loop_lag_seconds",
        "How late the event loop comes, a mean of the last moments",
      ],
      ["queued", "queued_requests", "Requests that wait for a thread"],
      ["ready", "ready", "1 while the server is ready, else 0"],
    ];
    for (const [key, name, help] of named) {
      const collect = function (this: Gauge) {
        this.set(gauges[key]());
      };
      new Gauge({ name: `fixed_classifier_${name}`, help, registers: [this.#registry], collect });
    }
  }

  render(): Promise<string> {
    return this.#registry.metrics();
  }

  queued(model: Model, seconds: number): void {
    const counts = this.#countsOf(model);
    counts.requests++;
    counts.queue.observe(seconds);
  }

  executed(model: Model, rows: number, seconds: number): void {
    const counts = this.#countsOf(model);
    counts.rows += rows;
    counts.compute.observe(seconds);
    counts.batch.observe(rows);
  }

  madeFeatures(model: Model, seconds: number): void {
    this.#countsOf(model).backbone.observe(seconds);
  }

  /** A name that is no model's or version's is not counted as one: whoever asks could make metrics without end. */
  failed(error: InferenceError, model: string, version = ""): void {
    const answering = this.answering(model, version);
    const known = answering === undefined ? { model: "", version: "" } : { model, version: answering };
    this.#failures.inc({ ...known, code: error.failure });
  }

  #countsOf(model: Model): Counts {
    let counts = this.#ofModel.get(model);
    if (counts === undefined) {
      const labels = { model: model.name, version: model.version };
      const key = `${model.name}/${model.version}`;
      counts = this.#counts.get(key) ?? {
        ...{ labels, requests: 0, rows: 0 },
        ...{
          queue: new Histogram(SECONDS),
          compute: new Histogram(SECONDS),
          batch: new Histogram(ROWS),
          backbone: new Histogram(SECONDS),
        },
      };
      this.#counts.set(key, counts);
      this.#ofModel.set(model, counts);
    }
    return counts;
  }

  #counter(name: string, help: string, read: (counts: Counts) => number): void {
    const all = this.#counts;
    new Counter({
      name: `fixed_classifier_${name}`,
      help,
      labelNames: ["model", "version"],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const counts of all.values()) this.inc(counts.labels, read(counts));
      },
    });
  }

  /** The registry asks a metric for its values and nothing else. */
  #histogram(name: string, help: string, key: "queue" | "compute" | "batch" | "backbone"): void {
    const metricName = `fixed_classifier_${name}`;
    const get = async () => ({
      ...{ name: metricName, help, type: "histogram", aggregator: "sum" },
      values: [...this.#counts.values()].flatMap((counts) => counts[key].values(metricName, counts.labels)),
    });
    this.#registry.registerMetric({ name: metricName, get } as unknown as Metric);
  }
}
