import type { FileBytes } from "../bytes/source.js";
import type { SchemaPlace } from "./extend.js";
import type { Head } from "./message.js";

/** The messages of a table one after the other. */
export interface ArrowReader {
  readonly name: string;
  /** Bytes of the whole, where they are known. */
  readonly size: number | undefined;
  /** How many bytes have been passed. */
  readonly position: number;
  readonly schema: SchemaPlace;
  /** A file's footer, which a stream has not. */
  readonly footer: Uint8Array | undefined;
  /** The next message, undefined behind the last; the body of the one before must have been read. */
  next(): Promise<Head | undefined>;
  /** Fills the target with the body of the message that came last. */
  body(target: Uint8Array): Promise<void>;
  /** Where that body is, for who reads it in parts; undefined where it only comes by. */
  readonly place: { readonly file: FileBytes; readonly offset: number } | undefined;
}
