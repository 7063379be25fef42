/**
 * HDF5 files, read by the C library compiled to WebAssembly. A damaged file can send it round in circles or make it trap, so it works in a
 * thread of its own, which is ended when it makes no headway.
 */

import { Worker } from "node:worker_threads";
import { Problem } from "../problem.js";
import type { Bytes } from "./bytes.js";
import { HDF5_WORKER } from "./hdf5-worker.js";

/** What a file has: groups by name, in the order of the library. */
interface Tree {
  readonly groups: Readonly<Record<string, Tree>>;
  readonly datasets: Readonly<Record<string, Omit<Hdf5Dataset, "path">>>;
  readonly texts: Texts;
}

type Texts = Readonly<Record<string, string | readonly string[]>>;

export interface Hdf5Dataset {
  readonly path: string;
  readonly shape: readonly number[];
  readonly kind: "float" | "integer" | "other";
  /** Bytes of an element, and of all. */
  readonly size: number;
  readonly bytes: number;
  readonly littleEndian: boolean;
  readonly texts: Texts;
}

export interface Hdf5File {
  readonly root: Hdf5Group;
  /** The elements of a dataset, little-endian. */
  read(dataset: Hdf5Dataset): Promise<Uint8Array>;
}

/** What compression makes of weights, and some more: beyond it a file is made to fill the memory. */
const MOST_GROWTH = 100;
const SMALL = 2 ** 20;

/** One file at a time has the library. */
let queue: Promise<unknown> = Promise.resolve();
let idle: Library | null = null;

/** Opens a file, and closes it after `use`. */
export function withHdf5<T>(source: Bytes, use: (file: Hdf5File) => T | Promise<T>): Promise<T> {
  const run = queue.then(() => session(source, use));
  queue = run.catch(() => {});
  return run;
}

async function session<T>(source: Bytes, use: (file: Hdf5File) => T | Promise<T>): Promise<T> {
  const library = idle ?? (await Library.start());
  idle = null;
  try {
    const place =
      source.file === undefined ? { bytes: source.read(0, source.length) } : { file: source.file };
    const tree = (await library.ask("open", place, source)) as Tree;
    try {
      return await use({
        root: new Hdf5Group("", tree),
        read: (dataset) => readDataset(library, dataset, source),
      });
    } finally {
      if (!library.isBroken) await library.ask("close", {}, source);
    }
  } finally {
    if (library.isBroken) library.end();
    else idle = library;
  }
}

async function readDataset(library: Library, dataset: Hdf5Dataset, source: Bytes): Promise<Uint8Array> {
  const { path, bytes, littleEndian } = dataset;
  if (!littleEndian)
    throw new Problem(`${source.path}: ${path} is big-endian. Save it on this machine again`);
  if (bytes > SMALL && bytes > MOST_GROWTH * source.length) {
    throw new Problem(
      `${source.path}: ${path} would grow to ${bytes} bytes, the file has ${source.length}; such a file is not read`,
    );
  }
  return (await library.ask("read", { path: `/${path}`, bytes }, source)) as Uint8Array;
}

export class Hdf5Group {
  /** From the root, with slashes. */
  readonly path: string;
  readonly #tree: Tree;

  constructor(path: string, tree: Tree) {
    this.path = path;
    this.#tree = tree;
  }

  get texts(): Texts {
    return this.#tree.texts;
  }

  /** Of the groups in it. */
  names(): readonly string[] {
    return Object.keys(this.#tree.groups);
  }

  group(path: string): Hdf5Group | null {
    const tree = this.#treeAt(path.split("/"));
    return tree && new Hdf5Group(this.#below(path), tree);
  }

  dataset(path: string): Hdf5Dataset | null {
    const names = path.split("/");
    const name = names.pop() as string;
    const datasets = this.#treeAt(names)?.datasets;
    return datasets !== undefined && Object.hasOwn(datasets, name)
      ? { ...datasets[name], path: this.#below(path) }
      : null;
  }

  #treeAt(names: readonly string[]): Tree | null {
    let at = this.#tree;
    for (const name of names) {
      if (!Object.hasOwn(at.groups, name)) return null;
      at = at.groups[name];
    }
    return at;
  }

  #below(path: string): string {
    return this.path === "" ? path : `${this.path}/${path}`;
  }
}

/** Milliseconds without a byte read or an object found, of a file in memory or on a disc. */
const STANDSTILL = 1000;
const LOOK = 200;

interface Reply {
  readonly value?: unknown;
  readonly error?: string;
  readonly isBroken?: boolean;
}

/** The library in its thread. */
class Library {
  isBroken = false;
  readonly #worker: Worker;
  readonly #progress: Int32Array;

  private constructor(worker: Worker, progress: Int32Array) {
    this.#worker = worker;
    this.#progress = progress;
    // An error outside of a question ends with the thread; the next question says so.
    worker.on("error", () => {
      this.isBroken = true;
    });
  }

  static async start(): Promise<Library> {
    const progress = new Int32Array(new SharedArrayBuffer(4));
    const workerData = { library: import.meta.resolve("h5wasm"), progress: progress.buffer };
    const worker = new Worker(HDF5_WORKER, { eval: true, workerData });
    worker.unref();
    const library = new Library(worker, progress);
    const { error } = await library.#reply(Number.POSITIVE_INFINITY);
    if (error !== undefined) throw new Error(`the library of HDF5 does not start: ${error}`);
    return library;
  }

  /** @throws Problem with what the library says of the file, or where it makes no headway */
  async ask(what: "open" | "read" | "close", given: object, source: Bytes): Promise<unknown> {
    this.#worker.postMessage({ what, ...given });
    const { value, error, isBroken = false } = await this.#reply(STANDSTILL);
    this.isBroken ||= isBroken;
    if (error === undefined) return value;
    throw new Problem(`${source.path} cannot be read as HDF5: ${error}. Save it or fetch it again`);
  }

  end(): void {
    void this.#worker.terminate();
  }

  #reply(patience: number): Promise<Reply> {
    return new Promise((resolve) => {
      let last = this.#progress[0];
      let still = 0;
      const done = (reply: Reply) => {
        clearInterval(clock);
        this.#worker.off("message", done);
        this.#worker.off("error", failed);
        resolve(reply);
      };
      const failed = (error: unknown) =>
        done({ error: String((error as Error)?.message ?? error), isBroken: true });
      const clock = setInterval(() => {
        still = this.#progress[0] === last ? still + LOOK : 0;
        last = this.#progress[0];
        if (still >= patience) done({ error: "it goes round in circles", isBroken: true });
      }, LOOK);
      this.#worker.on("message", done);
      this.#worker.on("error", failed);
    });
  }
}
