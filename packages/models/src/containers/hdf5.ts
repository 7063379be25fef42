/**
 * HDF5 files, read by the C library compiled to WebAssembly. It sees one file, whose bytes it asks for as it needs them, and nothing else of the
 * machine: links to other files lead nowhere.
 */

import { Dataset, File, FS, Group, Module, ready } from "h5wasm";
import { Problem } from "../problem.js";
import type { Bytes } from "./bytes.js";

export interface Hdf5Group {
  /** From the root, with slashes. */
  readonly path: string;
  names(): readonly string[];
  group(name: string): Hdf5Group | null;
  dataset(name: string): Hdf5Dataset | null;
  /** An attribute of one text; null where there is none. */
  text(attribute: string): string | null;
  /** An attribute of texts, or several that continue each other, as those that are large; null where there is none. */
  texts(attribute: string): readonly string[] | null;
}

export interface Hdf5Dataset {
  readonly path: string;
  readonly shape: readonly number[];
  readonly kind: "float" | "integer" | "other";
  /** Bytes of an element. */
  readonly size: number;
  text(attribute: string): string | null;
  /** The elements, little-endian. */
  read(): Uint8Array;
}

/** What compression makes of weights, and some more: beyond it a file is made to fill the memory. */
const MOST_GROWTH = 100;
const SMALL = 2 ** 20;
const NAME = "model.h5";
const STDERR = 2;

/** Opens a file, and closes it after `use`; datasets are read within it. */
export async function withHdf5<T>(source: Bytes, use: (root: Hdf5Group) => T): Promise<T> {
  await ready;
  const fail = (reason: string, cause?: unknown): never => {
    throw new Problem(`${source.path} cannot be read as HDF5: ${reason}. Save it or fetch it again`, {
      cause,
    });
  };
  const remove = offer(source);
  let file: File | null = null;
  try {
    file = new File(NAME, "r");
    if (file.file_id < 0n) fail("it is cut off, damaged, or another format");
    return use(new OpenGroup(file, source));
  } catch (error) {
    if (error instanceof Problem) throw error;
    return fail(String(error instanceof Error ? error.message : error), error);
  } finally {
    if (file !== null && file.file_id >= 0n) file.close();
    remove();
  }
}

interface StreamOps {
  read(stream: unknown, buffer: Uint8Array, offset: number, length: number, position: number): number;
  write(stream: unknown, buffer: Uint8Array, offset: number, length: number): number;
}

/** The parts of Emscripten's file system that its types leave out. */
interface FileSystem {
  writeFile(path: string, bytes: Uint8Array): void;
  unlink(path: string): void;
  lookupPath(path: string): { node: { usedBytes: number; stream_ops: StreamOps } };
  getStream(fd: number): { stream_ops: StreamOps };
}

/** Puts a file where the library finds it. Returns what takes it away. */
function offer(source: Bytes): () => void {
  const files = FS as unknown as FileSystem;
  files.writeFile(NAME, new Uint8Array());
  const { node } = files.lookupPath(NAME);
  node.usedBytes = source.length;
  node.stream_ops = {
    ...node.stream_ops,
    read(_stream, buffer, offset, length, position) {
      const count = Math.max(0, Math.min(length, source.length - position));
      if (count > 0) buffer.set(source.read(position, count), offset);
      return count;
    },
  };
  // The library writes a page about every error; the message says the same in a line.
  const stderr = files.getStream(STDERR);
  const ops = stderr.stream_ops;
  stderr.stream_ops = { ...ops, write: (_stream, _buffer, _offset, length) => length };
  return () => {
    stderr.stream_ops = ops;
    node.usedBytes = 0;
    files.unlink(NAME);
  };
}

class OpenGroup implements Hdf5Group {
  readonly #group: Group;
  readonly #source: Bytes;

  constructor(group: Group, source: Bytes) {
    this.#group = group;
    this.#source = source;
  }

  get path(): string {
    return this.#group.path.replace(/^\//, "");
  }

  names(): readonly string[] {
    return this.#group.keys();
  }

  group(name: string): Hdf5Group | null {
    const found = this.#get(name);
    return found instanceof Group ? new OpenGroup(found, this.#source) : null;
  }

  dataset(name: string): Hdf5Dataset | null {
    const found = this.#get(name);
    return found instanceof Dataset ? datasetOf(found, this.#source) : null;
  }

  text(attribute: string): string | null {
    return textOf(this.#group, attribute);
  }

  texts(attribute: string): readonly string[] | null {
    const { attrs } = this.#group;
    const parts = [
      attribute,
      ...Array.from({ length: Object.keys(attrs).length }, (_, i) => `${attribute}${i}`),
    ];
    const found = parts.filter((name) => Object.hasOwn(attrs, name)).map((name) => attrs[name].value);
    if (found.length === 0) return null;
    return found.flat().map(String);
  }

  /** One step at a time: what stands between is looked at too. */
  #get(path: string) {
    let at: Group = this.#group;
    const names = path.split("/");
    for (const [i, name] of names.entries()) {
      if (name === "" || name === "." || name === ".." || !at.keys().includes(name)) return null;
      const next = at.get(name);
      if (i === names.length - 1) return next;
      if (!(next instanceof Group)) return null;
      at = next;
    }
    return null;
  }
}

function textOf(owner: Group | Dataset, attribute: string): string | null {
  const { attrs } = owner;
  if (!Object.hasOwn(attrs, attribute)) return null;
  const { value } = attrs[attribute];
  const text = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof text === "string" ? text : null;
}

function datasetOf(dataset: Dataset, source: Bytes): Hdf5Dataset {
  const { metadata, path } = dataset;
  const { shape, size, type, littleEndian, total_size: count } = metadata;
  const { H5T_FLOAT, H5T_INTEGER } = Module.H5T_class_t;
  const kind = type === H5T_FLOAT.value ? "float" : type === H5T_INTEGER.value ? "integer" : "other";
  const bytes = size * count;
  return {
    path: path.replace(/^\//, ""),
    shape: shape ?? [],
    kind,
    size,
    text: (attribute) => textOf(dataset, attribute),
    read() {
      const fail = (reason: string): never => {
        throw new Problem(`${source.path}: ${path} ${reason}`);
      };
      if (!littleEndian) fail("is big-endian. Save it on this machine again");
      if (bytes > SMALL && bytes > MOST_GROWTH * source.length)
        fail(`would grow to ${bytes} bytes, the file has ${source.length}; such a file is not read`);
      const memory = Module as unknown as {
        _malloc(size: number): number;
        _free(at: number): void;
        HEAPU8: Uint8Array;
      };
      const at = memory._malloc(Math.max(bytes, 1));
      if (at === 0) fail(`needs ${bytes} bytes of memory, which there are not`);
      try {
        const status = Module.get_dataset_data(dataset.file_id, path, null, null, null, BigInt(at));
        if (status < 0) fail("cannot be read: it is damaged, or packed by a filter that there is not");
        return memory.HEAPU8.slice(at, at + bytes);
      } finally {
        memory._free(at);
      }
    },
  };
}
