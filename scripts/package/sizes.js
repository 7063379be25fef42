/** What a page gets, by size-limit; .size-limit.js says how much that may be. */

import { fromRoot } from "../paths.js";
import { runIn } from "./install.js";

/** @param {import("./install.js").Installed} installed */
export function sizes({ folder }) {
  const command = [process.execPath, "node_modules/size-limit/bin.js"];
  const output = runIn(fromRoot("scripts/package"), [...command, "--json"], { INSTALLED: folder });
  /** @type {{ name: string, size: number, sizeLimit: number }[]} */
  const results = JSON.parse(output);
  return results
    .map(({ name, size, sizeLimit }) => `${name} ${kilobytes(size)} kB of at most ${kilobytes(sizeLimit)}`)
    .join(", ");
}

/** @param {number} bytes */
const kilobytes = (bytes) => (bytes / 1e3).toFixed(1);
