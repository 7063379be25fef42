/**
 * The container of safetensors: 8 bytes of length, a JSON header, raw tensors. https://github.com/huggingface/safetensors describes it. Only
 * the header is read here; tensors are read where they lie.
 */

import { Problem } from "../problem.js";
import type { Bytes } from "./bytes.js";
import { isObject, parseJson } from "./json.js";

/** A tensor of a file, and where its elements are. */
export interface StoredTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Of the first byte, from the start of the file. */
  readonly at: number;
  readonly length: number;
  readonly source: Bytes;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Bits of an element. */
const DTYPES: Readonly<Record<string, number>> = {
  F64: 64,
  F32: 32,
  F16: 16,
  BF16: 16,
  C64: 64,
  I64: 64,
  I32: 32,
  I16: 16,
  I8: 8,
  U64: 64,
  U32: 32,
  U16: 16,
  U8: 8,
  BOOL: 8,
  F8_E5M2: 8,
  F8_E5M2FNUZ: 8,
  F8_E4M3: 8,
  F8_E4M3FNUZ: 8,
  F8_E8M0: 8,
  F6_E3M2: 6,
  F6_E2M3: 6,
  F4: 4,
};

const METADATA = "__metadata__";
const PREFIX = 8;
const BRACE = 0x7b;
/** The limit of the reference implementation. */
const MAX_HEADER = 100_000_000;

/** @throws Problem for what the reference implementation refuses, with what is wrong and where */
export function readSafetensorsHeader(source: Bytes): SafetensorsHeader {
  const fail = (reason: string): never => {
    throw new Problem(
      `${source.path} is no safetensors file: ${reason}. Fetch it again, or save it as safetensors`,
    );
  };
  if (source.length < PREFIX) fail(`it has ${source.length} bytes, too few for a header`);
  const prefix = source.read(0, PREFIX);
  const headerLength = new DataView(prefix.buffer).getBigUint64(0, true);
  if (headerLength > MAX_HEADER || headerLength > source.length - PREFIX)
    fail(`its header should have ${headerLength} bytes, ${source.length - PREFIX} are there`);
  const text = source.read(PREFIX, Number(headerLength));
  if (text[0] !== BRACE) fail("its header does not begin with {");
  const header = parseJson(text, `the header of ${source.path}`) as Record<string, unknown>;
  const start = PREFIX + Number(headerLength);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) continue;
    tensors.set(name, { name, source, ...readEntry(name, entry, start, fail) });
  }
  checkRanges(tensors.values(), start, source.length, fail);
  return { tensors, metadata: readMetadata(header[METADATA], fail) };
}

type Fail = (reason: string) => never;

function readEntry(name: string, entry: unknown, start: number, fail: Fail) {
  const tensor = `tensor ${JSON.stringify(name)}`;
  if (!isObject(entry)) return fail(`${tensor} has no entry of dtype, shape and data_offsets`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(DTYPES, dtype))
    return fail(`${tensor} has the dtype ${JSON.stringify(dtype)}, which there is not`);
  if (!isSizes(shape)) return fail(`the shape of ${tensor} is no array of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0] > offsets[1])
    return fail(`the data_offsets of ${tensor} are no begin and end`);
  const length = offsets[1] - offsets[0];
  const bits = shape.reduce((product, size) => product * BigInt(size), BigInt(DTYPES[dtype] as number));
  if (bits !== 8n * BigInt(length))
    return fail(`${tensor} has ${length} bytes, its dtype and shape need ${Number(bits) / 8}`);
  return { dtype, shape, at: start + offsets[0], length };
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  value.every((size) => Number.isSafeInteger(size) && size >= 0 && !Object.is(size, -0));

/** Every byte of the data belongs to one tensor. */
function checkRanges(tensors: Iterable<StoredTensor>, start: number, end: number, fail: Fail): void {
  const sorted = [...tensors].sort((a, b) => a.at - b.at || a.length - b.length);
  let next = start;
  for (const { name, at, length } of sorted) {
    if (at !== next) {
      const what = at < next ? "overlaps the one before" : "leaves bytes before it that belong to none";
      fail(`tensor ${JSON.stringify(name)} ${what}`);
    }
    next = at + length;
  }
  if (next !== end)
    fail(
      next > end
        ? `it is cut off: ${next - end} bytes are missing`
        : `${end - next} bytes at its end belong to no tensor`,
    );
}

function readMetadata(value: unknown, fail: Fail): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  if (!isObject(value)) return fail(`its ${METADATA} is no object`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") fail(`its ${METADATA} has no string for ${JSON.stringify(key)}`);
  }
  return new Map(Object.entries(value as Record<string, string>));
}

/** A tensor to be written: its elements as bytes, little-endian. */
export interface TensorBytes {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** All of a file. */
export interface Content {
  readonly tensors: ReadonlyMap<string, TensorBytes>;
  readonly metadata: ReadonlyMap<string, string>;
}

export function contentOf({ tensors, metadata }: SafetensorsHeader): Content {
  const read = [...tensors].map(
    ([name, { dtype, shape, at, length, source }]) =>
      [name, { dtype, shape, bytes: source.read(at, length) }] as const,
  );
  return { tensors: new Map(read), metadata };
}

/** The bytes of a file, in pieces. Tensors stand in the order given. */
export function* safetensorsPieces(
  tensors: ReadonlyMap<string, TensorBytes>,
  metadata: ReadonlyMap<string, string>,
): Generator<Uint8Array> {
  let end = 0;
  const entries = [
    [METADATA, Object.fromEntries(metadata)] as const,
    ...[...tensors].map(([name, { dtype, shape, bytes }]) => {
      end += bytes.length;
      return [name, { dtype, shape, data_offsets: [end - bytes.length, end] }] as const;
    }),
  ];
  const text = Buffer.from(
    `{${entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join()}}`,
  );
  // Spaces behind the header align the tensors, as the reference implementation does.
  const header = Buffer.alloc(PREFIX + Math.ceil(text.length / 8) * 8, " ");
  header.writeBigUInt64LE(BigInt(header.length - PREFIX));
  text.copy(header, PREFIX);
  yield header;
  for (const { bytes } of tensors.values()) yield bytes;
}
