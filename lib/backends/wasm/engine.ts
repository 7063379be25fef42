/** What assembly/index.ts exports, parameter by parameter. Those called head, factor, x, out and the like are addresses. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  heapBase(): number;
  fwhtF32(x: number, n: number, rows: number, factor: number): void;
  fwhtF64(x: number, n: number, rows: number, factor: number): void;
  fwhtI32(x: number, n: number, rows: number, factor: number): void;
  factorF32(x: number, factor: number, width: number): void;
  factorF64(x: number, factor: number, width: number): void;
  factorI32(x: number, factor: number, width: number): void;
  columnsF32(x: number, length: number, inner: number, blocks: number, factor: number): void;
  columnsF64(x: number, length: number, inner: number, blocks: number, factor: number): void;
  columnsI32(x: number, length: number, inner: number, blocks: number, factor: number): void;
  multiplyF32(x: number, length: number, multiplier: number): void;
  multiplyF64(x: number, length: number, multiplier: number): void;
  shiftRightI32(x: number, length: number, shift: number): void;
  divideI32(x: number, length: number, divisor: number): void;
  rotate(rotation: number, x: number, rows: number, inverse: boolean): void;
  forward(head: number, x: number, rows: number, scale: number, bias: number, out: number): void;
  logSumExp(
    head: number,
    x: number,
    rows: number,
    scale: number,
    bias: number,
    normalised: boolean,
    out: number,
  ): void;
  probabilities(head: number, x: number, rows: number, scale: number, bias: number, out: number): void;
  chosenProbabilities(
    head: number,
    x: number,
    rows: number,
    scale: number,
    bias: number,
    chosen: number,
    count: number,
    out: number,
  ): void;
  topK(
    head: number,
    x: number,
    rows: number,
    scale: number,
    bias: number,
    k: number,
    classes: number,
    scores: number,
  ): void;
  backward(
    head: number,
    x: number,
    rows: number,
    scale: number,
    gradLogits: number,
    gradFeatures: number,
    gradScale: number,
    withBias: boolean,
    first: number,
    total: number,
    kept: number,
  ): void;
  lossAndGradient(
    head: number,
    x: number,
    rows: number,
    scale: number,
    bias: number,
    normalised: boolean,
    loss: number,
    losses: number,
    gradFeatures: number,
    gradScale: number,
    withBias: boolean,
    first: number,
    total: number,
    kept: number,
  ): void;
  addWeights(kept: number, first: number, count: number, out: number): void;
  nearestRows(x: number, rows: number, features: number, width: number, out: number): boolean;
}

const PAGE = 2 ** 16;
/** How far past the end of an array a kernel may read and write. */
const SLACK = 256;
const ALIGNMENT = 16;

/**
 * One instance and its memory, which belongs to whoever calls: arguments are copied in and results out, so that no array of
 * the user's is ever a view of it. It grows to what the largest call has needed and is shared by all heads.
 */
export class Engine {
  readonly kernels: Kernels;
  readonly heapStart: number;
  f32 = new Float32Array();
  f64 = new Float64Array();
  i32 = new Int32Array();
  /** Whose arrays, beyond those of a call, are in the memory: a head, or the image of a factor or a rotation. */
  owner: object | null = null;
  #size = 0;

  constructor(readonly module: WebAssembly.Module) {
    this.kernels = new WebAssembly.Instance(module).exports as unknown as Kernels;
    this.heapStart = align(this.kernels.heapBase());
  }

  /** Sees to it that the memory reaches up to `end`. */
  reserve(end: number): void {
    if (end > this.#size) this.#grow(end);
  }

  #grow(end: number): void {
    const { memory } = this.kernels;
    const pages = Math.ceil(end / PAGE) - memory.buffer.byteLength / PAGE;
    try {
      if (pages > 0) memory.grow(pages);
    } catch {
      throw new RangeError(
        `the wasm backend cannot get ${Math.ceil(end / 2 ** 20)} MiB of memory; the backend "js" needs none of its own`,
      );
    }
    // Growing detaches the views.
    const { buffer } = memory;
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.#size = buffer.byteLength;
  }
}

/**
 * Elements of the memory as an array. The last one is kept, for calls are often alike, and told by what it was made of: to read its `buffer`
 * would take 30 ns.
 */
export class View<A extends Float32Array | Float64Array | Int32Array> {
  #memory: A | null = null;
  #start = 0;
  #length = 0;
  #view: A | null = null;

  /** The elements [start, start + length). */
  of(memory: A, start: number, length: number): A {
    if (this.#view !== null && memory === this.#memory && start === this.#start && length === this.#length) {
      return this.#view;
    }
    const view = memory.subarray(start, start + length) as A;
    this.#memory = memory;
    this.#start = start;
    this.#length = length;
    this.#view = view;
    return view;
  }
}

const align = (address: number): number => Math.ceil(address / ALIGNMENT) * ALIGNMENT;

/** The first address at which an array may lie behind one of `bytes` at `address`. */
export const after = (address: number, bytes: number): number => align(address + bytes + SLACK);
