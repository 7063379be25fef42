import type { Tensor } from "../formats/safetensors.js";
import type { HeadTable, RotationTable } from "../table.js";

/** The most classes of a head, and the most vectors of a code that classes can be given. */
export const MAX_CLASSES = 2 ** 24;

/** How far apart the vectors of a code are: docs/codes.md. */
export interface Coherence {
  /**
   * Largest |cosine| between the vectors of two classes that are not exactly opposite; 0 if there are no such two. A class and its
   * opposite are as far apart as can be, and no vector between other classes comes near.
   */
  readonly absolute: number;
  /** Largest cosine between the vectors of two classes: what makes them hard to tell apart. −1 for a single class. */
  readonly signed: number;
}

/** How classes get their vectors: immutable (but for those of `learned`), the same for the same settings on every machine. */
export interface ClassCode {
  /** One of the names that the option `code` takes. */
  readonly name: string;
  /** The code's own options, with all defaults filled in. */
  readonly options: object;
  /** Order M of the Hadamard matrix; 0 for a dense code. */
  readonly order: number;
  /** Number of sign-masked copies of that matrix in use; 0 for a dense code. */
  readonly blocks: number;
  /** Whether rows are divided by their norm; false for "learned" and, where its option says so, "product". */
  readonly normalised: boolean;
  /**
   * For the code "product": classes × sub-vectors, the row of each, plus the width where it is negated. A new array, made when it is read. Null
   * for all other codes.
   */
  readonly assignment: Uint8Array | null;
  /** Computed when read: in moments, but minutes where a great many masks are random. */
  readonly coherence: Coherence;
  /** The class vectors as kernels read them. Built when first read, by the first call of a head: what a file asks for costs nothing yet. */
  readonly table: HeadTable;
  /** Where the scale starts, if the user gives none. */
  readonly initialScale: number;
  /** Where the bias starts: a new array, one value a class. */
  initialBias(): Float32Array;
}

/** The size of a head. */
export interface HeadShape {
  readonly features: number;
  readonly classes: number;
}

/** What a code keeps in a file: strings and tensors under names of its own. */
export interface CodeData {
  readonly strings: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** Rotates rows in place, on the backend of the head. */
export type Rotate = (table: RotationTable, rows: Float32Array) => void;

/** An entry of the registry: all that the package has to know of a class code. */
export interface CodeEntry<Options extends object = object> {
  /** Version of this code's vectors. A file records it; a reader with another version refuses the file. */
  readonly version: number;
  /** Names of the code's own options. */
  readonly optionNames: readonly string[];
  /**
   * The code with its own options, as the user gave them. All limits are checked here, and nothing is built yet that costs more than
   * the options themselves. `rotate` rotates rows in place, for a code that rotates what it is given.
   *
   * @throws TypeError for an option that the code does not have, or of the wrong type
   * @throws RangeError for an option out of range, or a limit of the code: the message names it and the remedy
   */
  build(shape: HeadShape, options: Options, rotate: Rotate): ClassCode;
  /** The options of a code that was built, as a file keeps them. */
  encode(options: object, shape: HeadShape): CodeData;
  /**
   * The options from a file, for {@link build} to check.
   *
   * @throws RangeError that says what is wrong in the file
   */
  decode(data: CodeData, shape: HeadShape): Options;
}

/** What is made at the first call, and kept. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What a code has from the start. */
type PlainParts = Omit<ClassCode, keyof LazyParts>;

/** What a code makes when it is read. */
interface LazyParts {
  blocks(): number;
  table(): HeadTable;
  coherence(): Coherence;
  assignment?(): Uint8Array;
}

/**
 * A code that makes its larger parts when they are read. The getters stand here, once for all codes: V8 gives every object with getters of
 * its own a hidden class that refers to them, so each head would stay until the next collection of the whole heap.
 */
export class LazyCode implements ClassCode {
  readonly name: string;
  readonly options: object;
  readonly order: number;
  readonly normalised: boolean;
  readonly initialScale: number;
  readonly initialBias: () => Float32Array;
  readonly #parts: LazyParts;

  constructor(plain: PlainParts, parts: LazyParts) {
    this.name = plain.name;
    this.options = plain.options;
    this.order = plain.order;
    this.normalised = plain.normalised;
    this.initialScale = plain.initialScale;
    this.initialBias = plain.initialBias;
    this.#parts = parts;
  }

  get blocks(): number {
    return this.#parts.blocks();
  }

  get table(): HeadTable {
    return this.#parts.table();
  }

  get coherence(): Coherence {
    return this.#parts.coherence();
  }

  get assignment(): Uint8Array | null {
    return this.#parts.assignment?.() ?? null;
  }
}

export const nextPowerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** With this scale a row that fits its class vector exactly has 99 % of the probability, if the others are orthogonal. */
export const scaleOf99Percent = (classes: number): number => Math.log(99 * Math.max(classes - 1, 1));
