/**
 * The container of safetensors files: 8 bytes of header length (little-endian), a JSON header, raw little-endian tensors.
 * https://github.com/huggingface/safetensors describes the format. What the tensors mean is for others to say.
 */

import { describe } from "../checks.js";
import { checkBytes } from "./bytes.js";
import { type Json, parseJson } from "./json.js";
import { decodeUtf8, encodeUtf8 } from "./utf8.js";

/**
 * Bits of an element, and the array that holds the elements of a tensor. Those of float16, bfloat16 and booleans are their bits, those
 * of shorter floats bytes as they come; a complex number is two elements of the array.
 */
const DTYPES = {
  F64: [64, Float64Array],
  F32: [32, Float32Array],
  F16: [16, Uint16Array],
  BF16: [16, Uint16Array],
  F8_E5M2: [8, Uint8Array],
  F8_E5M2FNUZ: [8, Uint8Array],
  F8_E4M3: [8, Uint8Array],
  F8_E4M3FNUZ: [8, Uint8Array],
  F8_E8M0: [8, Uint8Array],
  F6_E3M2: [6, Uint8Array],
  F6_E2M3: [6, Uint8Array],
  F4: [4, Uint8Array],
  C64: [64, Float32Array],
  I64: [64, BigInt64Array],
  I32: [32, Int32Array],
  I16: [16, Int16Array],
  I8: [8, Int8Array],
  U64: [64, BigUint64Array],
  U32: [32, Uint32Array],
  U16: [16, Uint16Array],
  U8: [8, Uint8Array],
  BOOL: [8, Uint8Array],
} as const;

export type Dtype = keyof typeof DTYPES;

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
const BRACE = 0x7b;
/** Sizes are 64-bit integers of the reference implementation. */
const MAX_SIZE = 2n ** 64n - 1n;
const LITTLE_ENDIAN = /* @__PURE__ */ (() => new Uint8Array(Uint16Array.of(1).buffer)[0] === 1)();

/** The bytes of a file. Tensors stand in it in the order given. */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header = [[METADATA, jsonObject(metadata)]];
  let end = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header.push([name, JSON.stringify({ dtype, shape, data_offsets: [end, end + data.byteLength] })]);
    end += data.byteLength;
  }
  const entries = header.map(([name, value]) => `${JSON.stringify(name)}:${value}`);
  const json = encodeUtf8(`{${entries.join()}}`);
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

/** Entry by entry, since an object would put names that are numbers first, and has no room for `__proto__`. */
const jsonObject = (entries: ReadonlyMap<string, string>): string =>
  `{${[...entries].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`;

const fail = (problem: string): never => {
  throw new RangeError(`not a safetensors file: ${problem}`);
};

/**
 * The tensors and metadata of a file; the tensors are copies. Refused is what the reference implementation refuses, and what the
 * description of the format forbids though that implementation lets it pass: docs/file-format.md has the list.
 *
 * @param file a Uint8Array, an ArrayBuffer or a SharedArrayBuffer
 * @throws TypeError if it is none of these
 * @throws RangeError if they are no safetensors file, with what is wrong and where
 */
export function decodeSafetensors(file: unknown): Safetensors {
  const bytes = checkBytes("bytes", file);
  if (bytes.length < PREFIX) fail(`it has ${bytes.length} bytes, too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > MAX_HEADER || headerLength > bytes.length - PREFIX) {
    fail(
      `its header should have ${headerLength} bytes, ${bytes.length - PREFIX} are there; truncated, or another format`,
    );
  }
  const start = PREFIX + Number(headerLength);
  const header = readHeader(bytes.subarray(PREFIX, start));
  const data = bytes.subarray(start);
  const entries = [...header]
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => readEntry(name, entry));
  const metadata = readMetadata(header.get(METADATA) ?? null);
  // Before anything is copied: of entries that overlap, a small file can have many that are large.
  checkRanges(entries, data.length);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors.set(name, { dtype, shape, data: readData(dtype, data.subarray(begin, end)) });
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array): ReadonlyMap<string, Json> {
  if (bytes[0] !== BRACE) fail(`its header must begin with {, it ${begins(bytes)}`);
  let header: Json = null;
  try {
    header = parseJson(decodeUtf8(bytes));
  } catch (error) {
    fail(`its header is no JSON: ${error instanceof RangeError ? error.message : "it is not valid UTF-8"}`);
  }
  return header as unknown as ReadonlyMap<string, Json>;
}

const begins = ([first]: Uint8Array): string =>
  first === undefined ? "is empty" : `begins with the byte 0x${first.toString(16).padStart(2, "0")}`;

function readMetadata(metadata: Json): Map<string, string> {
  const strings = new Map<string, string>();
  if (metadata === null) return strings;
  if (!(metadata instanceof Map)) return fail(`its ${METADATA} is ${describe(metadata)}, expected an object`);
  for (const [key, value] of metadata as ReadonlyMap<string, Json>) {
    if (typeof value !== "string") {
      return fail(`its ${METADATA} has ${describe(value)} for ${describe(key)}, expected a string`);
    }
    strings.set(key, value);
  }
  return strings;
}

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, entry: Json): Entry {
  const tensor = `tensor ${describe(name)}`;
  if (!(entry instanceof Map)) return fail(`${tensor} is ${describe(entry)}, expected an object`);
  const fields: ReadonlyMap<string, Json> = entry;
  const dtype = fields.get("dtype");
  if (typeof dtype !== "string" || !Object.hasOwn(DTYPES, dtype)) {
    return fail(
      `${tensor} has the dtype ${describe(dtype)}, expected one of ${Object.keys(DTYPES).join(", ")}`,
    );
  }
  const shape = readSizes(fields.get("shape"));
  if (shape === null) return fail(`the shape of ${tensor} is no array of sizes`);
  const offsets = readSizes(fields.get("data_offsets"));
  if (offsets?.length !== 2) return fail(`the data_offsets of ${tensor} are no begin and end`);
  const [begin, end] = offsets as [number, number];
  const range = `${tensor} has the bytes ${begin} … ${end} of the data`;
  if (end < begin) return fail(`${range}, which end before they begin`);
  const bits = product([...shape, DTYPES[dtype as Dtype][0]]);
  if (bits === null) return fail(`the shape of ${tensor} overflows 64 bits`);
  if (bits % 8n !== 0n) return fail(`${range}, its dtype and shape need ${bits} bits, no whole bytes`);
  if (bits / 8n !== BigInt(end - begin)) {
    return fail(`${range}, its dtype and shape need ${bits / 8n} bytes`);
  }
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

/** Sizes as numbers, which hold integers below 2^53. */
function readSizes(value: Json | undefined): number[] | null {
  if (!Array.isArray(value)) return null;
  const sizes = value.map((size) => (typeof size === "bigint" ? Number(size) : -1));
  return sizes.every((size) => size >= 0 && Number.isSafeInteger(size)) ? sizes : null;
}

/** Multiplied from the left; null if a product on the way is too large, even if 0 follows, as in the reference implementation. */
function product(sizes: readonly number[]): bigint | null {
  let result = 1n;
  for (const size of sizes) {
    result *= BigInt(size);
    if (result > MAX_SIZE) return null;
  }
  return result;
}

/** Every byte of the data belongs to one tensor. */
function checkRanges(entries: readonly Entry[], dataLength: number): void {
  let at = 0;
  let before = "";
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const range = `tensor ${describe(name)} has the bytes ${begin} … ${end} of the data`;
    if (begin < at) fail(`${range}, it overlaps ${before}, which ends at ${at}`);
    if (begin > at) fail(`${range}, no tensor has the bytes ${at} … ${begin} before it`);
    if (end > dataLength) fail(`${range}, which has ${dataLength}; the file is truncated`);
    at = end;
    before = `tensor ${describe(name)}`;
  }
  if (at !== dataLength) fail(`its data has ${dataLength} bytes, its tensors end at ${at}`);
}

function readData(dtype: Dtype, part: Uint8Array): TensorData {
  // The copy is at an address that suits the type.
  const copy = copyOf(part);
  const Type = DTYPES[dtype][1];
  if (!LITTLE_ENDIAN) swapBytes(copy, Type.BYTES_PER_ELEMENT);
  return new Type(copy.buffer);
}

/** `slice` would share the memory of a Buffer of Node.js. */
function copyOf(part: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(part.length);
  copy.set(part);
  return copy;
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}
