import { Footer } from "apache-arrow/fb/footer";
import type { Sink } from "../bytes/sink.js";
import type { Added } from "../quantities.js";
import { CheckedBuffer } from "./checked.js";
import { type BlockPlace, extendFooter, extendSchemaMessage, type SchemaPlace } from "./extend.js";
import { END, frame, MessageHeader } from "./message.js";
import { MAGIC } from "./read-file.js";

/** Writes a table's messages, as a stream or as a file. */
export class ArrowWriter {
  readonly #sink: Sink;
  readonly #added: readonly Added[];
  /** The footer of the file that was read, where a file is written. */
  readonly #footer: Uint8Array | undefined;
  readonly #dictionaries: BlockPlace[] = [];
  readonly #batches: BlockPlace[] = [];

  constructor(sink: Sink, added: readonly Added[], footer: Uint8Array | undefined) {
    this.#sink = sink;
    this.#added = added;
    this.#footer = footer;
  }

  async begin(schema: SchemaPlace): Promise<void> {
    if (this.#footer !== undefined) await this.#sink.write([MAGIC, new Uint8Array(2)]);
    await this.#sink.write([frame(extendSchemaMessage(schema, this.#added))]);
  }

  /** A message whose body comes in pieces, which together are as long as it says, up to what fills eight bytes. */
  async write(
    type: MessageHeader,
    metadata: Uint8Array,
    bodyLength: number,
    body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const framed = frame(metadata);
    const place = { offset: this.#sink.position, metadataLength: framed.length, bodyLength };
    (type === MessageHeader.DictionaryBatch ? this.#dictionaries : this.#batches).push(place);
    await this.#sink.write([framed]);
    for await (const piece of body) await this.#sink.write([piece]);
    await this.#sink.write([new Uint8Array(padding(bodyLength))]);
  }

  async end(): Promise<void> {
    await this.#sink.write([END]);
    if (this.#footer === undefined) return;
    const old = Footer.getRootAsFooter(new CheckedBuffer(this.#footer));
    const footer = extendFooter(this.#footer, old, this.#added, this.#dictionaries, this.#batches);
    const length = new Uint8Array(4);
    new DataView(length.buffer).setInt32(0, footer.length, true);
    await this.#sink.write([footer, length, MAGIC]);
  }
}

/** What is missing to a multiple of eight. */
export const padding = (length: number): number => (8 - (length % 8)) % 8;
