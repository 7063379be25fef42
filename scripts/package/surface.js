/** The declared API against the record of it, so that a change of it is seen: `npm run test:package -- --record` writes it. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../paths.js";

const RECORD = "test/package/";
const ENTRIES = ["index", "tfjs"];

/** @param {import("./install.js").Installed} installed */
export function surface({ folder }) {
  const record = process.argv.includes("--record");
  let lines = 0;
  for (const entry of ENTRIES) {
    const text = withoutComments(readFileSync(join(folder, `dist/${entry}.d.ts`), "utf8"));
    const twin = withoutComments(readFileSync(join(folder, `dist/${entry}.d.cts`), "utf8"));
    if (text !== twin) throw new Error(`dist/${entry}.d.cts does not declare what dist/${entry}.d.ts does`);
    const path = fromRoot(RECORD, `${entry}.api.txt`);
    if (record) {
      mkdirSync(fromRoot(RECORD), { recursive: true });
      writeFileSync(path, text);
    }
    const recorded = existsSync(path) ? readFileSync(path, "utf8") : "";
    const now = text.split("\n");
    const before = recorded.split("\n");
    const added = now.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
    const removed = before.filter((line) => !now.includes(line)).map((line) => `- ${line}`);
    if (text !== recorded) {
      const command = "npm run test:package -- --only surface --record";
      throw new Error(
        [
          `the API is not what ${RECORD}${entry}.api.txt has, or in another order; ${command} writes it`,
          ...removed,
          ...added,
        ].join("\n"),
      );
    }
    lines += now.length;
  }
  return `the ${lines} lines of declarations are those recorded`;
}

/**
 * The doc comments are for another page.
 * @param {string} text
 */
const withoutComments = (text) =>
  `${text
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .join("\n")}\n`;
