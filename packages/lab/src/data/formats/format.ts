import type { Content } from "../content.js";

export interface ReadOptions {
  /** Bytes above which an array stays in its file where it can. */
  readonly memory: number;
  /** Of tables: the column of the classes, which holds names whatever they look like. */
  readonly label: string | undefined;
  /** Of tables: the column of the groups, likewise. */
  readonly groups: string | undefined;
  /** The labels are in another file, or not wanted. */
  readonly inputsOnly: boolean;
}

/** A kind of file: a new one is a file beside this and a line in index.ts. */
export interface Format {
  /** As messages call it. */
  readonly name: string;
  /** What the names of such files end in; `.gz` has been taken off. */
  readonly endings: RegExp;
  read(path: string, options: ReadOptions): Promise<Content>;
  /** Bytes that it will take in memory and leave on disc, by its header alone. */
  estimate(path: string, options: ReadOptions): Promise<Estimate>;
}

export interface Estimate {
  readonly memory: number;
  readonly disc: number;
}

/** Of an array that stays on disc if it lies there uncompressed and is larger than `most` bytes. */
export const estimateOf = (bytes: number, onDisc: boolean, most: number): Estimate =>
  onDisc && bytes > most ? { memory: 0, disc: bytes } : { memory: bytes, disc: 0 };
