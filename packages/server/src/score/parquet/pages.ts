import { gunzipSync } from "node:zlib";
import type { CompressionCodec, Compressors, PageHeader } from "hyparquet";
import { alpDecode } from "hyparquet/src/alp.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { byteStreamSplit, readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import { compressors as byLibrary } from "hyparquet-compressors";
import { Scratch } from "../bytes/scratch.js";
import { BYTES } from "../rows.js";
import type { FeatureColumn } from "./feature-column.js";
import { fullOf } from "./levels.js";
import { reading } from "./problem.js";
import type { RawPage } from "./raw-pages.js";
import { isHardlyPacked, unpackPlain } from "./snappy.js";

export type Numbers = Float32Array | Float64Array | Uint16Array;

/** A page of features: its entries, their levels as they are packed, and the numbers of those that have one. */
export interface Page {
  readonly entries: number;
  readonly repetition: Uint8Array;
  readonly definition: Uint8Array;
  readonly numbers: Numbers;
}

/** Node.js has one of these itself, which is some times as fast. */
const compressors: Compressors = {
  ...byLibrary,
  GZIP: (bytes, length) => gunzipSync(bytes, { maxOutputLength: Math.max(1, length) }),
};

const TYPES = { f16: "FIXED_LEN_BYTE_ARRAY", f32: "FLOAT", f64: "DOUBLE" } as const;

/** Unpacks the pages of a column. Of a library's functions those are taken that need no lists of lists. */
export class Unpacker {
  readonly #name: string;
  readonly #column: FeatureColumn;
  readonly #codec: CompressionCodec;
  readonly #plainly = new Scratch();
  readonly #aligned = new Scratch();
  #dictionary: Numbers | undefined;

  constructor(name: string, column: FeatureColumn, codec: CompressionCodec) {
    this.#name = name;
    this.#column = column;
    this.#codec = codec;
  }

  /** A page with numbers, valid until the next is unpacked or the raw one is not; undefined for another kind of page. */
  unpack({ header, content }: RawPage): Page | undefined {
    return reading(this.#name, () => {
      switch (header.type) {
        case "DICTIONARY_PAGE":
          this.#dictionary = this.#plain(
            this.#unpacked(content, header.uncompressed_page_size),
            header.dictionary_page_header?.num_values ?? 0,
          ).slice();
          return undefined;
        case "DATA_PAGE":
          return this.#firstKind(header, this.#unpacked(content, header.uncompressed_page_size));
        case "DATA_PAGE_V2":
          return this.#secondKind(header, content);
        default:
          return undefined;
      }
    });
  }

  #unpacked(bytes: Uint8Array, length: number): Uint8Array {
    if (this.#codec === "SNAPPY" && isHardlyPacked(bytes, length)) {
      const there = this.#plainly.take(length);
      unpackPlain(bytes, there);
      return there;
    }
    return decompressPage(bytes, length, this.#codec, compressors);
  }

  /** Levels and numbers are packed together; before the levels stands their length. */
  #firstKind({ data_page_header: header }: PageHeader, bytes: Uint8Array): Page {
    if (header === undefined) throw new RangeError("a page has no header");
    const { num_values: entries, encoding, repetition_level_encoding: how } = header;
    if (how !== "RLE" || header.definition_level_encoding !== "RLE") {
      throw new RangeError(`levels are packed in a way that is no longer used (${how})`);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const levels = (): Uint8Array => {
      const length = view.getUint32(at, true);
      if (at + 4 + length > bytes.length) throw new RangeError("levels of a page are cut off");
      at += 4 + length;
      return bytes.subarray(at - length, at);
    };
    const [repetition, definition] = [levels(), levels()];
    return this.#page(entries, repetition, definition, bytes.subarray(at), encoding);
  }

  /** Levels stand before the numbers, and only these may be packed. */
  #secondKind(
    { data_page_header_v2: header, uncompressed_page_size: size }: PageHeader,
    bytes: Uint8Array,
  ): Page {
    if (header === undefined) throw new RangeError("a page has no header");
    const { num_values: entries, encoding } = header;
    const first = header.repetition_levels_byte_length;
    const both = first + header.definition_levels_byte_length;
    if (!(first >= 0 && both >= first && both <= bytes.length))
      throw new RangeError("levels of a page are cut off");
    const packed = bytes.subarray(both);
    const isPacked = header.is_compressed !== false && size > both;
    const content = isPacked ? this.#unpacked(packed, size - both) : packed;
    return this.#page(entries, bytes.subarray(0, first), bytes.subarray(first, both), content, encoding);
  }

  #page(
    entries: number,
    repetition: Uint8Array,
    definition: Uint8Array,
    bytes: Uint8Array,
    encoding: string,
  ): Page {
    const count = fullOf(definition, this.#column.mostDefinition, entries);
    return { entries, repetition, definition, numbers: this.#numbers(bytes, count, encoding) };
  }

  #numbers(bytes: Uint8Array, count: number, encoding: string): Numbers {
    const { number } = this.#column;
    const dictionary = this.#dictionary;
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    switch (encoding) {
      case "PLAIN":
        return this.#plain(bytes, count);
      case "PLAIN_DICTIONARY":
      case "RLE_DICTIONARY": {
        if (dictionary === undefined) throw new RangeError("a page needs a dictionary that there is not");
        const indices = new Uint32Array(count);
        const width = count === 0 ? 0 : reader.view.getUint8(reader.offset++);
        if (width > 31) throw new RangeError("the numbers of a dictionary are too wide");
        if (width > 0) readRleBitPackedHybrid(reader, width, indices, bytes.length - 1);
        const numbers = empty(number, count);
        for (let k = 0; k < count; k++) {
          if (indices[k] >= dictionary.length) throw new RangeError("a number is not in its dictionary");
          numbers[k] = dictionary[indices[k]];
        }
        return numbers;
      }
      case "BYTE_STREAM_SPLIT":
        if (number !== "f16") return byteStreamSplit(reader, count, TYPES[number], undefined) as Numbers;
        if (bytes.length < 2 * count) throw new RangeError("a page has fewer numbers than it says");
        return Uint16Array.from({ length: count }, (_, k) => bytes[k] | (bytes[count + k] << 8));
      case "ALP":
        if (number !== "f16") return alpDecode(reader, count, TYPES[number]) as Numbers;
    }
    throw new RangeError(`numbers are encoded in a way that is not read (${encoding})`);
  }

  #plain(bytes: Uint8Array, count: number): Numbers {
    const { number } = this.#column;
    const length = count * BYTES[number];
    if (bytes.length < length) throw new RangeError("a page has fewer numbers than it says");
    let start = bytes.subarray(0, length);
    if (start.byteOffset % BYTES[number] !== 0) {
      const there = this.#aligned.take(length);
      there.set(start);
      start = there;
    }
    const memory = start.buffer as ArrayBuffer;
    if (number === "f16") return new Uint16Array(memory, start.byteOffset, count);
    if (number === "f32") return new Float32Array(memory, start.byteOffset, count);
    return new Float64Array(memory, start.byteOffset, count);
  }
}

const empty = (number: FeatureColumn["number"], count: number): Numbers =>
  number === "f16"
    ? new Uint16Array(count)
    : number === "f32"
      ? new Float32Array(count)
      : new Float64Array(count);
