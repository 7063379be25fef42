import { Problem } from "../../problem.js";
import { arrow } from "./arrow.js";
import { csv } from "./csv.js";
import type { Format } from "./format.js";
import { idx } from "./idx.js";
import { lines } from "./lines.js";
import { npy } from "./npy.js";
import { npz } from "./npz.js";
import { parquet } from "./parquet.js";
import { safetensors } from "./safetensors.js";

/** All kinds of files that are read, in the order in which their endings are tried. */
export const FORMATS: readonly Format[] = [npy, npz, safetensors, idx, csv, parquet, arrow, lines];

export const isData = (path: string): boolean => find(path) !== undefined;

export function formatOf(path: string): Format {
  const format = find(path);
  if (format !== undefined) return format;
  const known = FORMATS.map(({ name }) => name).join(", ");
  throw new Problem(
    `${path} is of no format that can be read. Those are, by the ending of the name: ${known}`,
  );
}

const find = (path: string): Format | undefined =>
  FORMATS.find(({ endings }) => endings.test(path.replace(/\.gz$/i, "")));
