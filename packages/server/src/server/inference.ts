import type { Computed, Rows, Want } from "../execution/compute.js";
import { Execution, type ExecutionSettings, type Recorder } from "../execution/execution.js";
import { waitingError } from "../execution/pool.js";
import { featuresOf } from "../inference/features.js";
import { feedsOf } from "../inference/feeds.js";
import { checkAnswer, tensorsOf, wantsOf } from "../inference/outputs.js";
import type { Inference, InferRequest, InferResponse, ModelMetadata } from "../inference/request.js";
import type { Backbone } from "../models/backbone.js";
import type { Model } from "../models/model.js";
import type { ModelPlace } from "../models/places.js";
import { Models } from "../models/repository.js";
import { EXTENSIONS, VERSION } from "./about.js";

const NOT_RECORDED: Recorder = { queued() {}, executed() {}, madeFeatures() {} };

/** Everything on the event loop, nothing merged. */
export const INLINE: ExecutionSettings = {
  workers: 0,
  inlineMilliseconds: 1,
  queueLimit: 256,
  batching: { maxRows: 1, maxDelayMilliseconds: 0 },
};

export interface InferenceOptions {
  /** Default: INLINE. */
  readonly execution?: ExecutionSettings;
  readonly recorder?: Recorder;
  /** The largest answer; default: any. */
  readonly answerBytes?: number;
}

/** Inference with models from disc, and what loads, swaps and unloads them; not ready before `models.loadAll()` is done. */
export function createInference(places: readonly ModelPlace[], options: InferenceOptions = {}) {
  const models = new Models(places);
  const recorder = options.recorder ?? NOT_RECORDED;
  const execution = new Execution(options.execution ?? INLINE, recorder);
  return { inference: new ModelInference(models, execution, options.answerBytes), models, execution };
}

export class ModelInference implements Inference {
  readonly name = "fixed-classifier";
  readonly version = VERSION;
  readonly extensions = EXTENSIONS;
  #isStopping = false;

  constructor(
    private readonly models: Models,
    private readonly execution: Execution,
    private readonly answerBytes = Number.POSITIVE_INFINITY,
  ) {}

  get isReady(): boolean {
    return !this.#isStopping && this.models.isReady;
  }

  /** Not ready from now on, so that no new work is sent; what comes all the same is answered. */
  stop(): void {
    this.#isStopping = true;
  }

  isModelReady(name: string, version: string): boolean {
    return this.models.isModelReady(name, version);
  }

  metadata(name: string, version: string): ModelMetadata {
    const { platform, inputs, outputs } = this.models.find(name, version);
    return { name, versions: this.models.versions(name), platform, inputs, outputs };
  }

  infer(request: InferRequest): InferResponse | Promise<InferResponse> {
    const model = this.models.find(request.model, request.version);
    const wants = wantsOf(model, request.outputs);
    if (model.backbone !== undefined) return this.#inferWithBackbone(model, model.backbone, wants, request);
    const rows = featuresOf(model, request.inputs);
    checkAnswer(model, rows.count, wants, this.answerBytes);
    const computed = this.execution.run(model, rows, wants, request);
    return computed instanceof Promise
      ? computed.then((late) => responseOf(model, rows, wants, late))
      : responseOf(model, rows, wants, computed);
  }

  async #inferWithBackbone(
    model: Model,
    backbone: Backbone,
    wants: readonly Want[],
    request: InferRequest,
  ): Promise<InferResponse> {
    const { feeds, count } = feedsOf(model, request.inputs);
    checkAnswer(model, count, wants, this.answerBytes);
    const { queueLimit, recorder } = this.execution;
    if (backbone.running >= queueLimit) throw waitingError(queueLimit);
    const start = performance.now();
    const rows = await backbone.run(feeds, count);
    recorder.madeFeatures(model, (performance.now() - start) / 1000);
    const { signal } = request;
    signal?.throwIfAborted();
    return responseOf(model, rows, wants, await this.execution.run(model, rows, wants, { signal }));
  }
}

function responseOf(
  model: Model,
  rows: Rows,
  wants: readonly Want[],
  computed: readonly Computed[],
): InferResponse {
  const outputs = tensorsOf(model, rows.count, wants, computed);
  return { model: model.name, version: model.version, outputs };
}
