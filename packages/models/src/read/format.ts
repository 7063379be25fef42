import type { LastLayer } from "../last-layer.js";

/** How to read what a file leaves open. */
export interface ReadOptions {
  /** Of an ONNX model with several: the output that the last layer makes. */
  readonly output?: string;
  /** The tensor or layer that is the last one, by its name in the file, where several could be. */
  readonly weights?: string;
  /** For arrays of NumPy, which hold one tensor: the file of the bias, or in a `.npz` its name. */
  readonly bias?: string;
  /** Which way round a matrix of NumPy is, where the bias does not tell. Default: by the length of the bias. */
  readonly layout?: "classes-first" | "features-first";
}

/** What is known of a path before a format is chosen. */
export interface Place {
  readonly path: string;
  /** Names in the folder; null for a file. */
  readonly entries: ReadonlySet<string> | null;
  /** The first bytes of a file, as many as there are of 16; none of a folder. */
  readonly start: Uint8Array;
}

/** A format is one file of this folder and one line in the list of `index.ts`. */
export interface Format {
  readonly name: string;
  /** By name and first bytes. */
  recognises(place: Place): boolean;
  /** @throws Problem for a file that is damaged, or has no last layer that can be told from the others */
  read(place: Place, options: ReadOptions): Promise<LastLayer>;
}

export const beginsWith = ({ start }: Place, ...bytes: readonly number[]): boolean =>
  bytes.every((byte, i) => start[i] === byte);
