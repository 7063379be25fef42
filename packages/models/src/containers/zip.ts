import { type UnzipFileInfo, unzipSync } from "fflate";
import { Problem } from "../problem.js";
import { type Bytes, inMemory, readAll } from "./bytes.js";

/** What fits in one buffer. */
const MOST_BYTES = 2 ** 31 - 1;
/** Weights shrink little, text some ten times; a file that grows a hundred times is made to fill the memory. */
const MOST_GROWTH = 100;
const SMALL = 2 ** 20;

/** The files of an archive that are wanted, by their names in it. */
export function unzip(source: Bytes, wanted: (name: string) => boolean): ReadonlyMap<string, Bytes> {
  const bytes = readAll(source, MOST_BYTES);
  const filter = ({ name, size, originalSize }: UnzipFileInfo): boolean => {
    if (!wanted(name)) return false;
    if (size > bytes.length)
      throw new Problem(`${source.path} is cut off: ${name} has ${size} bytes in it. Fetch it again`);
    if (originalSize > SMALL && originalSize > MOST_GROWTH * size) {
      throw new Problem(
        `${source.path}: ${name} would grow from ${size} to ${originalSize} bytes; such an archive is not unpacked`,
      );
    }
    return true;
  };
  try {
    const files = unzipSync(bytes, { filter });
    return new Map(
      Object.entries(files).map(([name, file]) => [name, inMemory(`${source.path} (${name})`, file)]),
    );
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      `${source.path} cannot be unpacked: it is cut off or no zip file. Save or fetch it again`,
      {
        cause: error,
      },
    );
  }
}

/** The names of the files of an archive. */
export function zipNames(source: Bytes): readonly string[] {
  const names: string[] = [];
  unzip(source, (name) => {
    names.push(name);
    return false;
  });
  return names;
}
