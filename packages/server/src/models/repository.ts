import { Problem } from "fixed-classifier-models/files";
import { InferenceError } from "../inference/errors.js";
import type { ModelState, Repository, RepositoryEntry } from "../inference/services.js";
import { loadModel } from "./load.js";
import type { Model } from "./model.js";
import { type ModelPlace, versionsOf } from "./places.js";

interface Slot {
  readonly place: ModelPlace;
  /** All versions, oldest first; empty while there is none. A load puts another map in its place. */
  versions: ReadonlyMap<string, Model>;
  newest: Model | undefined;
  state: ModelState;
  reason: string;
  /** Whether the server counts as ready only with it: until somebody unloads it. */
  isExpected: boolean;
  /** The end of what is being done with it: loads and unloads come one after the other. */
  last: Promise<void>;
}

const NONE: ReadonlyMap<string, Model> = new Map();

/** The models of a server by name. A request takes its model once and keeps it: a swap changes what the next one finds. */
export class Models implements Repository {
  readonly #slots: Map<string, Slot>;

  constructor(places: readonly ModelPlace[]) {
    this.#slots = new Map();
    for (const place of places) {
      if (this.#slots.has(place.name)) {
        throw new Problem(`two models are called "${place.name}"; give one another name: NAME=${place.path}`);
      }
      const reason = "it has not been loaded yet";
      const last = Promise.resolve();
      this.#slots.set(place.name, {
        ...{ place, versions: NONE, newest: undefined, state: "UNAVAILABLE", reason, isExpected: true, last },
      });
    }
  }

  get isReady(): boolean {
    for (const { isExpected, newest } of this.#slots.values()) {
      if (isExpected && newest === undefined) return false;
    }
    return true;
  }

  has(name: string): boolean {
    return this.#slots.has(name);
  }

  names(): string[] {
    return [...this.#slots.keys()];
  }

  /** The model that answers: the newest version where none is named. */
  /** The version that answers whoever asks for this one, "" where none does; undefined where there is no such model. */
  answering(name: string, version: string): string | undefined {
    const slot = this.#slots.get(name);
    if (slot === undefined) return undefined;
    return (version === "" ? slot.newest : slot.versions.get(version))?.version ?? "";
  }

  find(name: string, version: string): Model {
    const slot = this.#slotOf(name);
    const model = version === "" ? slot.newest : slot.versions.get(version);
    if (model !== undefined) return model;
    if (slot.newest === undefined) {
      throw new InferenceError("unavailable", `the model "${name}" is not ready: ${slot.reason}`, {
        retryAfter: 1,
      });
    }
    const versions = [...slot.versions.keys()].join(", ");
    throw new InferenceError("not-found", `the model "${name}" has no version "${version}", but ${versions}`);
  }

  /** Whether it would answer now; a model or version that there is not is an error. */
  isModelReady(name: string, version: string): boolean {
    const { newest } = this.#slotOf(name);
    if (newest === undefined) return false;
    this.find(name, version);
    return true;
  }

  versions(name: string): string[] {
    return [...this.#slotOf(name).versions.keys()];
  }

  index(): RepositoryEntry[] {
    return [...this.#slots.values()].flatMap(({ place: { name }, versions, state, reason }) =>
      versions.size === 0
        ? [{ name, version: "", state, reason }]
        : [...versions.keys()].map((version): RepositoryEntry => ({ name, version, state: "READY", reason })),
    );
  }

  /** All models, as a server that starts needs them; the first Problem is thrown. */
  async loadAll(): Promise<void> {
    await Promise.all([...this.#slots.values()].map((slot) => this.#load(slot)));
  }

  async load(name: string): Promise<void> {
    try {
      await this.#load(this.#slotOf(name));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new InferenceError("invalid", `the model "${name}" was not loaded: ${error.message}`, {
        cause: error,
      });
    }
  }

  unload(name: string): Promise<void> {
    const slot = this.#slotOf(name);
    return this.#then(slot, async () => {
      slot.isExpected = false;
      swap(slot, NONE);
      slot.state = "UNAVAILABLE";
      slot.reason = "it was unloaded";
    });
  }

  #load(slot: Slot): Promise<void> {
    return this.#then(slot, async () => {
      slot.isExpected = true;
      if (slot.newest === undefined) slot.state = "LOADING";
      try {
        const places = await versionsOf(slot.place);
        const models = await Promise.all(places.map((place) => loadModel(slot.place.name, place)));
        swap(slot, new Map(models.map((model) => [model.version, model])));
        slot.state = "READY";
        slot.reason = "";
      } catch (error) {
        if (slot.newest === undefined) slot.state = "UNAVAILABLE";
        slot.reason = `the last load failed: ${(error as Error).message}`;
        throw error;
      }
    });
  }

  #then(slot: Slot, work: () => Promise<void>): Promise<void> {
    const done = slot.last.then(work);
    slot.last = done.catch(() => {});
    return done;
  }

  #slotOf(name: string): Slot {
    const slot = this.#slots.get(name);
    if (slot !== undefined) return slot;
    const names = [...this.#slots.keys()].join(", ");
    throw new InferenceError("not-found", `there is no model "${name}"; there is ${names}`);
  }
}

function swap(slot: Slot, versions: ReadonlyMap<string, Model>): void {
  for (const { backbone } of slot.versions.values()) void backbone?.retire();
  slot.versions = versions;
  slot.newest = [...versions.values()].at(-1);
}
