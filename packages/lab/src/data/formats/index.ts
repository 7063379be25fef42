import { Problem } from "../../problem.js";
import type { Format } from "./format.js";
import { idx } from "./idx.js";
import { npy } from "./npy.js";

/** All kinds of files that are read, in the order in which their endings are tried. */
export const FORMATS: readonly Format[] = [npy, idx];

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
