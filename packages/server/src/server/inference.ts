import { compute } from "../execution/compute.js";
import { featuresOf } from "../inference/features.js";
import { tensorsOf, wantsOf } from "../inference/outputs.js";
import type { Inference, InferRequest, InferResponse, ModelMetadata } from "../inference/request.js";
import type { ModelPlace } from "../models/places.js";
import { Models } from "../models/repository.js";
import { EXTENSIONS, VERSION } from "./about.js";

/** Inference with models from disc, and what loads, swaps and unloads them; not ready before `models.loadAll()` is done. */
export function createInference(places: readonly ModelPlace[]): { inference: Inference; models: Models } {
  const models = new Models(places);
  return { inference: new ModelInference(models), models };
}

class ModelInference implements Inference {
  readonly name = "fixed-classifier";
  readonly version = VERSION;
  readonly extensions = EXTENSIONS;

  constructor(private readonly models: Models) {}

  get isReady(): boolean {
    return this.models.isReady;
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
    const rows = featuresOf(model, request.inputs);
    const computed = compute(model.head, rows, wants);
    return {
      model: model.name,
      version: model.version,
      outputs: tensorsOf(model, rows.count, wants, computed),
    };
  }
}
