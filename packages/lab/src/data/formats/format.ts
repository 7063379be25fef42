import type { Bytes } from "../bytes.js";
import type { Content } from "../content.js";

export interface ReadOptions {
  /** Bytes above which an array stays in its file where it can. */
  readonly memory: number;
}

/** A kind of file: a new one is a file beside this and a line in index.ts. */
export interface Format {
  /** As messages call it. */
  readonly name: string;
  /** What the names of such files end in; `.gz` has been taken off. */
  readonly endings: RegExp;
  read(file: Bytes, options: ReadOptions): Promise<Content>;
  /** Bytes that it will take in memory and leave on disc, by its header alone. */
  estimate(file: Bytes, options: ReadOptions): Promise<Estimate>;
}

export interface Estimate {
  readonly memory: number;
  readonly disc: number;
}
