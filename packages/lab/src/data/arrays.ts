import { Problem } from "../problem.js";
import { type Bytes, openFile, readFully } from "./bytes.js";
import type { NumberArray, Store } from "./content.js";
import type { Element, Values } from "./elements.js";

export interface ArrayPlace {
  /** Where in the file its values start. */
  readonly offset: number;
  readonly element: Element;
  readonly shape: readonly number[];
  /** The most significant byte first. */
  readonly bigEndian?: boolean;
  /** Columns one after the other, as Fortran has them. */
  readonly byColumns?: boolean;
}

export const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);

/** An array as it lies in a file: brought into memory, or left there where it is larger than `memory` bytes. */
export function arrayAt(name: string, file: Bytes, place: ArrayPlace, memory: number): NumberArray {
  const { element, shape, offset } = place;
  const length = product(shape);
  const bytes = length * element.bytes;
  if (offset + bytes > file.length) {
    throw new Problem(
      `${file.path} is cut off: ${counted(shape)} of ${element.name} take ${bytes} bytes and ${Math.max(0, file.length - offset)} are there. Fetch or write it again`,
    );
  }
  if (file.onDisc && bytes > memory) {
    if (place.byColumns && shape.length > 1) {
      throw new Problem(
        `${file.path} is larger than the memory it may take (${memory} bytes) and stored column by column. Save it row by row (numpy.ascontiguousarray) or raise --memory`,
      );
    }
    return { kind: "numbers", name, element, shape, store: new DiscStore(file.path, place) };
  }
  const raw = file.read(offset, bytes);
  if (place.bigEndian) swapBytes(raw, element.bytes);
  const values = element.view(raw.buffer, 0, length);
  const store = memoryStore(place.byColumns ? byRows(values, shape, element) : values);
  return { kind: "numbers", name, element, shape, store };
}

export const memoryStore = (values: Values): Store => ({
  bytes: values.byteLength,
  read: (start) => ({ values, start }),
});

const counted = (shape: readonly number[]): string => (shape.length === 0 ? "1 value" : shape.join(" × "));

/** Node maps no files into memory: what is asked for is read by its position, and the system keeps what is read often. */
class DiscStore implements Store {
  readonly bytes = 0;
  readonly #path: string;
  /** Open as long as the process: rows are read from it until the end. */
  readonly #file: number;
  readonly #place: ArrayPlace;
  #scratch = new Uint8Array(0);

  constructor(path: string, place: ArrayPlace) {
    this.#path = path;
    this.#file = openFile(path);
    this.#place = place;
  }

  read(from: number, count: number): { values: Values; start: number } {
    const { element, offset, bigEndian } = this.#place;
    const bytes = count * element.bytes;
    if (this.#scratch.length < bytes) this.#scratch = new Uint8Array(bytes);
    const part = this.#scratch.subarray(0, bytes);
    readFully(this.#path, this.#file, part, offset + from * element.bytes);
    if (bigEndian) swapBytes(part, element.bytes);
    return { values: element.view(this.#scratch.buffer, 0, count), start: 0 };
  }
}

function swapBytes(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}

function byRows(values: Values, shape: readonly number[], element: Element): Values {
  if (shape.length < 2) return values;
  const out = element.view(new ArrayBuffer(values.byteLength), 0, values.length);
  const strides = shape.map((_, axis) => product(shape.slice(0, axis)));
  const index = new Array<number>(shape.length).fill(0);
  for (let to = 0, from = 0; to < values.length; to++) {
    out[to] = values[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}
