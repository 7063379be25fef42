import { product } from "./arrays.js";
import type { NumberArray, Store } from "./content.js";
import type { Inputs } from "./dataset.js";
import type { Element, Floats } from "./elements.js";
import type { Digest } from "./hash.js";

/** Inputs that give float64 as well, for means to be taken off without loss. */
export interface Rows extends Inputs {
  gather(rows: ArrayLike<number>, out: Floats): void;
  /** Of rows with text, zero nearly everywhere: the rest of their numbers, and a way to feed the text to a digest that is no detour by zeros. */
  readonly dense?: Rows;
  feed?(digest: Digest): void;
}

/** Values that are read from a file at once where rows follow each other. */
const RUN = 2 ** 18;

/** The rows of an array of any kind of number. */
export class ArrayRows implements Rows {
  readonly rows: number;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly #element: Element;
  readonly #store: Store;
  readonly #size: number;
  readonly #scale: number;
  /** Of images whose colours lie side by side: how many. 1 where nothing is to be done. */
  readonly #interleaved: number;

  /** Values are multiplied by `scale`: 1 / 255 brings bytes of images to 0 … 1. */
  constructor(array: NumberArray, scale: number) {
    const [rows, ...axes] = array.shape;
    this.rows = rows;
    this.shape = shapeOf(axes);
    this.#interleaved = axes.length === 3 && channelsLast(axes) ? axes[2] : 1;
    this.#size = product(axes);
    this.bytes = array.store.bytes;
    this.#element = array.element;
    this.#store = array.store;
    this.#scale = scale;
  }

  gather(rows: ArrayLike<number>, out: Floats): void {
    const size = this.#size;
    const most = Math.max(1, Math.floor(RUN / size));
    for (let i = 0; i < rows.length; ) {
      let count = 1;
      while (count < most && i + count < rows.length && rows[i + count] === rows[i] + count) count++;
      const { values, start } = this.#store.read(rows[i] * size, count * size);
      this.#element.decode(values, start, count * size, out, i * size);
      i += count;
    }
    const length = rows.length * size;
    if (this.#scale !== 1) for (let k = 0; k < length; k++) out[k] *= this.#scale;
    if (this.#interleaved > 1) this.#separateChannels(rows.length, out);
  }

  #separateChannels(rows: number, out: Floats): void {
    const size = this.#size;
    const channels = this.#interleaved;
    const pixels = size / channels;
    for (let row = 0; row < rows; row++) {
      const image = out.slice(row * size, (row + 1) * size);
      for (let channel = 0, k = row * size; channel < channels; channel++)
        for (let pixel = 0; pixel < pixels; pixel++) out[k++] = image[pixel * channels + channel];
    }
  }
}

/** Gray, with transparency, RGB, with transparency. */
const isChannels = (size: number): boolean => size >= 1 && size <= 4;

/** Images are stored with their channels before or after height and width. */
const channelsLast = ([first, , last]: readonly number[]): boolean => isChannels(last) && !isChannels(first);

/** Of a row, channels first; one plane is an image with one channel. */
function shapeOf(axes: readonly number[]): readonly number[] {
  if (axes.length === 0) return [1];
  if (axes.length === 2) return [1, ...axes];
  if (axes.length === 3 && channelsLast(axes)) return [axes[2], axes[0], axes[1]];
  return axes;
}

/** Some rows of others, in another order. */
export class SomeRows implements Rows {
  readonly rows: number;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly #of: Rows;
  readonly #picked: Int32Array;

  constructor(of: Rows, picked: Int32Array) {
    this.rows = picked.length;
    this.shape = of.shape;
    this.bytes = of.rows === 0 ? 0 : (of.bytes / of.rows) * picked.length;
    this.#of = of;
    this.#picked = picked;
  }

  gather(rows: ArrayLike<number>, out: Floats): void {
    this.#of.gather(
      Int32Array.from(rows, (row) => this.#picked[row]),
      out,
    );
  }
}

/** The rows of one after those of another. */
export class JoinedRows implements Rows {
  readonly rows: number;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly #first: Rows;
  readonly #second: Rows;

  constructor(first: Rows, second: Rows) {
    this.rows = first.rows + second.rows;
    this.shape = first.shape;
    this.bytes = first.bytes + second.bytes;
    this.#first = first;
    this.#second = second;
  }

  gather(rows: ArrayLike<number>, out: Floats): void {
    const size = product(this.shape);
    const { rows: before } = this.#first;
    for (let i = 0; i < rows.length; i++) {
      const place = out.subarray(i * size, (i + 1) * size);
      if (rows[i] < before) this.#first.gather([rows[i]], place);
      else this.#second.gather([rows[i] - before], place);
    }
  }
}

/** Rows with the mean taken off every column and the rest multiplied by a factor. */
export class StandardRows implements Rows {
  readonly rows: number;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly #of: Rows;
  readonly #mean: Float64Array;
  readonly #factor: Float64Array;
  #scratch = new Float64Array(0);

  constructor(of: Rows, mean: Float64Array, factor: Float64Array) {
    this.rows = of.rows;
    this.shape = of.shape;
    this.bytes = of.bytes;
    this.#of = of;
    this.#mean = mean;
    this.#factor = factor;
  }

  gather(rows: ArrayLike<number>, out: Floats): void {
    const width = this.#mean.length;
    const length = rows.length * width;
    if (this.#scratch.length < length) this.#scratch = new Float64Array(length);
    this.#of.gather(rows, this.#scratch);
    for (let k = 0, column = 0; k < length; k++) {
      out[k] = (this.#scratch[k] - this.#mean[column]) * this.#factor[column];
      if (++column === width) column = 0;
    }
  }
}
