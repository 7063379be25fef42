/** Every entry is found by tools that do not know the field `exports`, such as webpack 4, Browserify and Jest 27: in the file that `require` gets. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { fromRoot } from "../paths.js";
import { readJson } from "./install.js";

const NAME = "fixed-classifier";

/** @param {import("./install.js").Installed} installed */
export function oldResolvers({ home, folder }) {
  // Version 1, which reads the file system and the field "main" and no more.
  const { sync: resolve } = createRequire(fromRoot("scripts/package/package.json"))("resolve");
  const require = createRequire(join(home, "program.cjs"));
  const entries = Object.keys(readJson(join(folder, "package.json")).exports);
  for (const entry of entries) {
    const name = join(NAME, entry).replaceAll("\\", "/");
    const found = resolve(name, { basedir: home });
    const expected = require.resolve(name);
    if (found !== expected)
      throw new Error(`${name} is ${found}, but ${expected} for those that know exports`);
  }
  return `${entries.join(", ")} found without exports`;
}
