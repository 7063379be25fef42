import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../problem.js";

/** A folder that is not there or is empty: nothing is ever written over. */
export function freshFolder(given: string | undefined, name: string, now = new Date()): string {
  if (given !== undefined) {
    if (existsSync(given) && !statSync(given).isDirectory())
      throw new Problem(`${given} is a file: name a folder with --out`);
    // What was killed in its first moment has left its mark, or the half of a file.
    if (existsSync(given) && readdirSync(given).some((name) => !/\.(?:part|pid)$/.test(name))) {
      throw new Problem(
        `${given} is there already: go on with it by --resume ${given}, or name another folder with --out`,
      );
    }
    return given;
  }
  const day = now.toISOString().slice(0, 10);
  for (let count = 1; ; count++) {
    const folder = join("lab-runs", `${name}-${day}${count === 1 ? "" : `-${count}`}`);
    if (!existsSync(folder)) return folder;
  }
}
