import { readFileSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { Problem } from "../problem.js";
import type { Results } from "../training/result.js";
import type { Source } from "./study.js";

const FILE = "results.json";

/** What experiments left, each named by as much of its path as tells it from the others. */
export function readSources(paths: readonly string[]): Source[] {
  const files = paths.map((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined)
      throw new Problem(`there is no ${path}; give the folder of an experiment or its ${FILE}`);
    return resolve(stats.isDirectory() ? join(path, FILE) : path);
  });
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice !== undefined) throw new Problem(`${twice} is given twice; name each experiment once`);
  const names = shortNames(files);
  return files.map((file, i) => ({ name: names[i], results: readResults(file) }));
}

export function readResults(file: string): Results {
  let results: Partial<Results> | null;
  try {
    results = JSON.parse(readFileSync(file, "utf8")) as Partial<Results> | null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw new Problem(
        `there is no ${file}: the experiment has not ended; go on with it by train --resume`,
        {
          cause: error,
        },
      );
    throw new Problem(`${file} cannot be read as JSON: ${message}; take another copy`, { cause: error });
  }
  if (results?.format !== "fixed-classifier-lab 1" || !results.data || !Array.isArray(results.runs))
    throw new Problem(`${file} holds no results of the laboratory; give the ${FILE} that train wrote`);
  return results as Results;
}

/** The last folders of the paths, as many as it takes for no two to be the same. */
function shortNames(files: readonly string[]): string[] {
  const parts = files.map((file) =>
    file.split(sep).filter((part, i, all) => part !== FILE || i < all.length - 1),
  );
  const longest = Math.max(...parts.map(({ length }) => length));
  for (let kept = 1; kept < longest; kept++) {
    const names = parts.map((all) => all.slice(-kept).join("/"));
    if (new Set(names).size === names.length) return names;
  }
  return parts.map((all) => all.join("/"));
}
