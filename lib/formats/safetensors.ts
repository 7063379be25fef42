/**
 * The container of safetensors files: 8 bytes of header length (little-endian), a JSON header, raw little-endian tensors.
 * https://github.com/huggingface/safetensors describes the format. What the tensors mean is for others to say.
 */

import { checkArray, describe } from "../checks.js";

/** The arrays that hold each type of elements; those of float16, bfloat16 and booleans hold their bits. */
const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

export type Dtype = keyof typeof ARRAYS;

type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

export interface Tensor {
  readonly dtype: Dtype;
  /** Row-major; empty for a single number. */
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** The strings of the header's `__metadata__`. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** The limit of the reference implementation; a longer header is a damaged file. */
const MAX_HEADER = 100_000_000;
const METADATA = "__metadata__";
const PREFIX = 8;
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of a file. Tensors stand in it in the order given. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = { [METADATA]: Object.fromEntries(metadata) };
  let end = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces after the header align the tensors, as the reference implementation does.
  const start = PREFIX + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - PREFIX), true);
  bytes.fill(0x20, PREFIX, start);
  bytes.set(json, PREFIX);
  let at = start;
  for (const { data } of tensors.values()) {
    const part = bytes.subarray(at, at + data.byteLength);
    part.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    if (!LITTLE_ENDIAN) swapBytes(part, data.BYTES_PER_ELEMENT);
    at += data.byteLength;
  }
  return bytes;
}

const fail = (problem: string): never => {
  throw new RangeError(`not a safetensors file: ${problem}`);
};

/**
 * The tensors and metadata of a file; the tensors are copies.
 *
 * @throws TypeError if `bytes` is no Uint8Array
 * @throws RangeError if they are no safetensors file, with what is wrong and where
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  checkArray("bytes", bytes, "Uint8Array");
  if (bytes.length < PREFIX) fail(`it has ${bytes.length} bytes, too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > MAX_HEADER || headerLength > bytes.length - PREFIX) {
    fail(
      `its header should have ${headerLength} bytes, ${bytes.length - PREFIX} are there; truncated, or another format`,
    );
  }
  const start = PREFIX + Number(headerLength);
  const { [METADATA]: metadata, ...entries } = parseHeader(bytes.subarray(PREFIX, start));
  const data = bytes.subarray(start);
  const tensors = new Map<string, Tensor>();
  const ranges: { name: string; begin: number; end: number }[] = [];
  for (const [name, entry] of Object.entries(entries)) {
    const { begin, end, dtype, shape } = readEntry(name, entry, data.length);
    ranges.push({ name, begin, end });
    tensors.set(name, { dtype, shape, data: readData(dtype, data.subarray(begin, end)) });
  }
  checkRanges(ranges, data.length);
  return { tensors, metadata: readMetadata(metadata) };
}

function parseHeader(json: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) {
      return header as Record<string, unknown>;
    }
  } catch {
    // Falls through to the error below, which also covers JSON that is not an object.
  }
  return fail("its header is no JSON object");
}

function readMetadata(metadata: unknown): Map<string, string> {
  if (metadata === undefined) return new Map();
  if (typeof metadata !== "object" || metadata === null) return fail(`its ${METADATA} is no object`);
  const entries = Object.entries(metadata as Record<string, unknown>);
  for (const [key, value] of entries) {
    if (typeof value !== "string")
      fail(`its ${METADATA} has ${describe(value)} for ${key}, expected a string`);
  }
  return new Map(entries as [string, string][]);
}

interface Entry {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, entry: unknown, dataLength: number): Entry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(ARRAYS, dtype)) {
    return fail(
      `tensor ${name} has the dtype ${describe(dtype)}, expected one of ${Object.keys(ARRAYS).join(", ")}`,
    );
  }
  if (!isSizes(shape)) return fail(`the shape of tensor ${name} is no array of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    return fail(`the data_offsets of tensor ${name} are no begin and end`);
  }
  const [begin, end] = offsets as [number, number];
  const elements = shape.reduce((product, size) => product * size, 1);
  const size = elements * ARRAYS[dtype as Dtype].BYTES_PER_ELEMENT;
  if (end - begin !== size) {
    return fail(
      `tensor ${name} has the data_offsets ${begin} … ${end}, its dtype and shape need ${size} bytes`,
    );
  }
  if (end > dataLength) {
    return fail(
      `tensor ${name} ends at byte ${end} of the data, which has ${dataLength}; the file is truncated`,
    );
  }
  return { dtype: dtype as Dtype, shape, begin, end };
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/** Every byte of the data belongs to one tensor. */
function checkRanges(ranges: { name: string; begin: number; end: number }[], dataLength: number): void {
  let at = 0;
  for (const { name, begin, end } of ranges.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      fail(`tensor ${name} begins at byte ${begin} of the data, the one before it ends at ${at}`);
    at = end;
  }
  if (at !== dataLength) fail(`its data has ${dataLength} bytes, its tensors end at ${at}`);
}

function readData(dtype: Dtype, part: Uint8Array): TensorData {
  // The copy is at an address that suits the type. `slice` would share the memory of a Buffer of Node.js.
  const copy = new Uint8Array(part.length);
  copy.set(part);
  const Type = ARRAYS[dtype];
  if (!LITTLE_ENDIAN) swapBytes(copy, Type.BYTES_PER_ELEMENT);
  return new Type(copy.buffer);
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}
