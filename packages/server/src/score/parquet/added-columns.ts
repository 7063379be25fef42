import type { CompressionCodec } from "hyparquet";
import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import { snappyCompressor } from "hysnappy";
import type { Added } from "../quantities.js";
import type { Scored } from "../scorer.js";
import { FILE, GROUP, META, metaOf, placeOf, TAIL } from "./footer.js";
import { I64, readStruct, type Struct } from "./thrift.js";

/** The added columns of a group of rows: their pages and what the footer says of them. */
export interface AddedChunk {
  readonly chunk: Struct;
  readonly pages: readonly Uint8Array[];
}

/** What the footer says of the added columns in every group: elements of the schema. */
export interface AddedSchema {
  readonly elements: readonly Struct[];
}

/** The writer's own is JavaScript, which takes longer to compile than this takes for all pages of a table. */
const SNAPPY = snappyCompressor();

/** So many values of a column are one page at most. */
const PAGE_VALUES = 2 ** 16;

/**
 * Packs results page by page. A library writes each page as a small file of its own, whose pages go behind those of the files before:
 * without a dictionary, pages do not depend on each other.
 */
export class AddedColumns {
  readonly #added: readonly Added[];
  readonly #names: readonly string[];
  readonly #codec: CompressionCodec;
  readonly #schema: SchemaElement[];
  #chunks: { chunk: Struct; pages: Uint8Array[] }[] = [];

  constructor(added: readonly Added[], names: readonly string[], codec: CompressionCodec) {
    this.#added = added;
    this.#names = names;
    this.#codec = codec;
    this.#schema = [{ name: "schema", num_children: added.length }, ...added.flatMap(elementsOf)];
  }

  /** The elements that are added to the schema. */
  schema(): Struct[] {
    const { footer } = this.#file({ ...NOTHING, rows: 0 });
    return footer.structs(FILE.schema).slice(1);
  }

  /** The results of a group of rows. */
  add(scored: Scored): void {
    for (const part of partsOf(scored, Math.max(1, Math.floor(PAGE_VALUES / scored.top))))
      this.#addPart(part);
  }

  #addPart(scored: Scored): void {
    const { bytes, footer } = this.#file(scored);
    const [group] = footer.structs(FILE.rowGroups);
    group?.structs(GROUP.columns).forEach((chunk, k) => {
      const { start, length } = placeOf("", chunk);
      const pages = bytes.subarray(start, start + length);
      const before = this.#chunks[k];
      if (before === undefined) this.#chunks.push({ chunk, pages: [pages] });
      else {
        before.pages.push(pages);
        const [all, these] = [metaOf("", before.chunk), metaOf("", chunk)];
        for (const id of [META.numValues, META.uncompressed, META.compressed]) {
          all.set(id, I64, BigInt((all.number(id) ?? 0) + (these.number(id) ?? 0)));
        }
      }
    });
  }

  /** What has been added since the last group. */
  take(): AddedChunk[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  #file(scored: Scored): { bytes: Uint8Array; footer: Struct } {
    const writer = new ByteWriter();
    const file = new ParquetWriter({
      writer,
      schema: this.#schema,
      codec: this.#codec,
      compressors: { SNAPPY },
      statistics: false,
    });
    const columnData = this.#added.map((column) => this.#source(column, scored));
    file.write({ columnData, rowGroupSize: Math.max(1, scored.rows), dictionarySize: 0 });
    file.finish();
    const bytes = writer.getBytes();
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - TAIL, true);
    const { struct: footer } = readStruct(bytes.subarray(bytes.length - TAIL - length, bytes.length - TAIL));
    return { bytes, footer };
  }

  #source({ quantity, name, type, isList }: Added, scored: Scored): ColumnSource {
    const { rows, valid, top } = scored;
    const values =
      quantity === "score"
        ? scored.scores
        : quantity === "probability"
          ? scored.probabilities
          : quantity === "energy"
            ? scored.energies
            : scored.classes;
    const plain: ArrayLike<number | string> =
      type === "utf8" ? Array.from(values, (c) => this.#names[c]) : values;
    if (valid === null && !isList)
      return { name, data: plain as ColumnSource["data"], encoding: "PLAIN", offsetIndex: false };
    const width = isList ? top : 1;
    const data: unknown[] = [];
    let at = 0;
    for (let r = 0; r < rows; r++) {
      if (valid !== null && valid[r] === 0) data.push(null);
      else if (isList) data.push(Array.prototype.slice.call(plain, at * width, ++at * width));
      else data.push(plain[at++]);
    }
    return { name, data, encoding: "PLAIN", offsetIndex: false };
  }
}

/** So many rows of it at a time. */
function* partsOf(scored: Scored, many: number): Generator<Scored> {
  const { rows, valid, top, classes, scores, probabilities, energies } = scored;
  let at = 0;
  for (let first = 0; first < rows; first += many) {
    const end = Math.min(first + many, rows);
    let to = at;
    for (let r = first; r < end; r++) to += valid === null ? 1 : valid[r];
    const isWhole = to - at === end - first;
    yield {
      ...{ rows: end - first, valid: isWhole ? null : (valid?.subarray(first, end) ?? null), top },
      ...{ classes: classes.subarray(at * top, to * top), scores: scores.subarray(at * top, to * top) },
      ...{ probabilities: probabilities.subarray(at * top, to * top), energies: energies.subarray(at, to) },
    };
    at = to;
  }
}

const NONE = new Float32Array(0);
const NOTHING: Scored = {
  ...{ rows: 0, valid: null, top: 1, classes: new Int32Array(0) },
  ...{ scores: NONE, probabilities: NONE, energies: NONE },
};

function elementsOf({ name, type, isList }: Added): SchemaElement[] {
  const value = (called: string): SchemaElement => ({
    name: called,
    repetition_type: "OPTIONAL",
    ...(type === "utf8"
      ? { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } }
      : { type: type === "int32" ? "INT32" : "FLOAT" }),
  });
  if (!isList) return [value(name)];
  return [
    {
      ...{ name, repetition_type: "OPTIONAL", num_children: 1 },
      ...{ converted_type: "LIST", logical_type: { type: "LIST" } },
    },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    value("element"),
  ];
}
