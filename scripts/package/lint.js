/** What others check of packages: publint the fields of package.json, attw the declarations in every way to find modules. */

import { fromRoot } from "../paths.js";
import { runIn } from "./install.js";

/** @param {string} path */
const installed = (path) => fromRoot("scripts/package/node_modules", path);

/** @param {import("./install.js").Installed} installed */
export function lint({ home, archive }) {
  runIn(home, [process.execPath, installed("publint/src/cli.js"), archive, "--strict"]);
  // The types of the module as a file are the same for all formats.
  runIn(home, [
    process.execPath,
    installed("@arethetypeswrong/cli/dist/index.js"),
    archive,
    ...["--exclude-entrypoints", "wasm"],
    ...["--format", "table-flipped"],
  ]);
  return "publint and attw find nothing";
}
