import { join } from "node:path";
import { Problem } from "../problem.js";
import { readVariables, writeVariables } from "./checkpoint.js";
import type { Model } from "./model.js";
import type { Weights } from "./place.js";
import { MODEL, type ModelAbout } from "./run-settings.js";

/** Weights that a run keeps of its model, in a file each. */
export class WeightFiles {
  readonly #folder: string;
  readonly #model: Model;
  readonly #about: ModelAbout;

  constructor(folder: string, model: Model, about: ModelAbout) {
    this.#folder = folder;
    this.#model = model;
    this.#about = about;
  }

  /** Those that are in the model now. */
  write(name: Weights): void {
    writeVariables(this.#path(name), MODEL, this.#model.variables, this.#about);
  }

  /** Puts them into the model. */
  read(name: Weights): void {
    const path = this.#path(name);
    const kept = readVariables(path, MODEL);
    if (kept === undefined) throw new Problem(`${path} is gone: run again with another folder in --out`);
    kept.restore(this.#model.variables);
  }

  #path(name: Weights): string {
    return join(this.#folder, `${name}.safetensors`);
  }
}
