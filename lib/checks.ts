/** Argument checks. Each throws a TypeError or RangeError that says what was given, what was expected and what to do. */

const tagOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
  ?.get as (this: unknown) => string | undefined;

/** "Float32Array" and the like, also for arrays of another realm; undefined for anything that is no typed array. */
export const typedArrayName = (value: unknown): string | undefined => tagOf.call(value);

/** The getter behind {@link typedArrayLength}, for where the interpreter should not have to call a function more. */
export const lengthOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "length")
  ?.get as (this: unknown) => number;

/**
 * The length that a kernel may rely on: an array may have been given a property of that name, and once Node.js 20 has compiled `x.length`
 * for arrays of resizable buffers too, that stays what it was when the array is detached.
 */
export const typedArrayLength = (array: ArrayBufferView): number => lengthOf.call(array);

/** A Float16Array, which the standard library of an older TypeScript does not know. */
export interface Float16Features extends ArrayBufferView {
  readonly [Symbol.toStringTag]: "Float16Array";
  readonly length: number;
}

interface TypedArrays {
  Float32Array: Float32Array;
  Float64Array: Float64Array;
  Int32Array: Int32Array;
  Uint8Array: Uint8Array;
  Uint16Array: Uint16Array;
  Int8Array: Int8Array;
  Float16Array: Float16Features;
}

export function describe(value: unknown): string {
  if (value === null) return "null";
  const name = typedArrayName(value);
  if (name !== undefined) return `${article(name)} ${name} of length ${(value as Uint8Array).length}`;
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return String(value);
  }
  return typeof value === "object" ? "an object" : typeof value;
}

const article = (type: string): string => (type.startsWith("Int") ? "an" : "a");

const CONVERT: Record<string, string> = {
  Float64Array: "; convert it with Float32Array.from(…)",
  Array: "; wrap it in Float32Array.from(…)",
};

/** A typed array of one of the given types, of any length, whose memory is there. */
export function checkArray<K extends keyof TypedArrays>(
  what: string,
  value: unknown,
  ...types: K[]
): asserts value is TypedArrays[K] {
  const name = typedArrayName(value);
  if (name === undefined || !(types as string[]).includes(name)) {
    const hint =
      types[0] === "Float32Array" ? CONVERT[Array.isArray(value) ? "Array" : (name ?? "")] : undefined;
    throw new TypeError(
      `${what} must be ${article(types[0] as string)} ${types.join(", ").replace(/, (\w+)$/, " or $1")}, got ${describe(value)}${hint ?? ""}`,
    );
  }
  // An array whose memory is gone says that it has no elements; not always by its property: code that Node 20 has compiled may load the
  // length it had before.
  if (typedArrayLength(value as Uint8Array) === 0) checkMemory(what, value as Uint8Array);
}

/** Tells an array without elements from one that has lost them. */
function checkMemory(what: string, array: Uint8Array): void {
  if (!throws(() => elementAt.call(array, 0))) return;
  if (isDetached(array.buffer)) {
    throw new TypeError(`${what} is detached: its buffer was transferred; pass the array that holds it now`);
  }
  throw new TypeError(`${what} is out of bounds: its buffer was resized and ends before it; make a new view`);
}

/** One of the methods that refuse an array without memory, which its length does not tell. */
const { at: elementAt } = Uint8Array.prototype;

/** Node.js 20 has no `detached`, but lets nobody look into a buffer that is. */
const isDetached = (buffer: ArrayBufferLike): boolean =>
  buffer.byteLength === 0 && throws(() => new Uint8Array(buffer));

function throws(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

export function checkInteger(
  what: string,
  value: unknown,
  min: number,
  max: number,
): asserts value is number {
  if (typeof value !== "number") throw new TypeError(`${what} must be a number, got ${describe(value)}`);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`${what} must be an integer from ${min} to ${max}, got ${value}`);
  }
}

export function checkFinite(what: string, value: unknown): asserts value is number {
  if (typeof value !== "number") throw new TypeError(`${what} must be a number, got ${describe(value)}`);
  if (!Number.isFinite(value)) throw new RangeError(`${what} must be finite, got ${value}`);
}

export function checkBoolean(what: string, value: unknown): asserts value is boolean {
  if (typeof value !== "boolean") {
    throw new TypeError(`${what} must be true or false, got ${describe(value)}`);
  }
}

export function checkOneOf<T extends string>(
  what: string,
  value: unknown,
  choices: readonly T[],
): asserts value is T {
  if ((choices as readonly unknown[]).includes(value)) return;
  const list = choices.map((choice) => `"${choice}"`).join(", ");
  const Problem = typeof value === "string" ? RangeError : TypeError;
  throw new Problem(`${what} must be one of ${list}, got ${describe(value)}`);
}

/** The number of rows of `width` in an array. */
export function checkRows(
  what: string,
  array: { readonly length: number },
  width: number,
  widthName: string,
): number {
  if (array.length % width !== 0) {
    throw new RangeError(
      `${what} has ${array.length} elements, no whole number of rows of ${width} ${widthName}`,
    );
  }
  return array.length / width;
}

/** The first `length` elements of a caller's output array, or a new array where none was given. */
export function outputArray<T extends Float32Array | Int32Array = Float32Array>(
  what: string,
  out: T | undefined,
  length: number,
  inputs: readonly (ArrayBufferView | null)[],
  Type: new (length: number) => T = Float32Array as never,
): T {
  if (out === undefined) return new Type(length);
  checkArray(what, out, Type.name as "Float32Array");
  if (out.length < length) {
    throw new RangeError(`${what} has ${out.length} elements, ${length} are needed`);
  }
  const view = out.length === length ? out : (out.subarray(0, length) as T);
  // Asking an array for its buffer is the dearest of all these checks.
  const { buffer } = view;
  for (const input of inputs) {
    if (input !== null && input.buffer === buffer && rangesMeet(view, input)) {
      throw new RangeError(`${what} overlaps an input; use a separate array`);
    }
  }
  return view;
}

export const overlap = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  a.buffer === b.buffer && rangesMeet(a, b);

const rangesMeet = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;

/** Labels as the kernels take them; `ignored` becomes −1. */
export function checkLabels(labels: unknown, rows: number, classes: number, ignored?: number): Int32Array {
  const values = checkIntegerArray("labels", labels);
  if (values.length !== rows) {
    throw new RangeError(`labels has ${values.length} elements for ${rows} rows: one label a row is needed`);
  }
  return copyIntegers("labels", values, classes, ignored);
}

/** A choice of classes as the kernels take it. */
export function checkClasses(chosen: unknown, classes: number): Int32Array {
  const values = checkIntegerArray("classes", chosen);
  if (values.length === 0) throw new RangeError("classes is empty: choose at least one");
  return copyIntegers("classes", values, classes);
}

/** A copy of an array of integers from 0 on, all below a limit. */
export const checkIntegers = (what: string, value: unknown, below: number): Int32Array =>
  copyIntegers(what, checkIntegerArray(what, value), below);

function checkIntegerArray(what: string, value: unknown): ArrayLike<unknown> {
  const name = typedArrayName(value);
  const integerArray = name !== undefined && /^(Int|Uint)(8|16|32)(Clamped)?Array$/.test(name);
  if (!integerArray && !Array.isArray(value)) {
    throw new TypeError(
      `${what} must be an array of integers or an integer typed array, got ${describe(value)}`,
    );
  }
  return value as ArrayLike<unknown>;
}

function copyIntegers(what: string, values: ArrayLike<unknown>, below: number, ignored?: number): Int32Array {
  const checked = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === ignored && value !== undefined) {
      checked[i] = -1;
      continue;
    }
    if (typeof value !== "number" || !Number.isInteger(value)) {
      throw new TypeError(`${what}[${i}] must be an integer, got ${describe(value)}`);
    }
    if (value < 0 || value >= below) {
      throw new RangeError(`${what}[${i}] is ${value}: it must be from 0 to ${below - 1}`);
    }
    checked[i] = value;
  }
  return checked;
}
