import { bar } from "./bar.js";
import { json } from "./json.js";
import { lines } from "./lines.js";
import type { Progress } from "./progress.js";

/** A bar on a terminal; lines in a log; objects for machines. */
export function createProgress(asJson: boolean): Progress {
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  if (asJson) return json(print);
  return process.stdout.isTTY ? bar(process.stdout) : lines(print);
}
