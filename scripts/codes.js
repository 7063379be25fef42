/** Writes what docs/codes.md shows of the class codes: the table of coherence, which it also prints, and the pictures. */

import { readFileSync, writeFileSync } from "node:fs";
import { FixedClassifier } from "../dist/index.js";
import { CASES, line } from "./codes/bounds.js";
import { gramMatrix, nameOf, PICTURES } from "./codes/pictures.js";

const page = new URL("../docs/codes.md", import.meta.url);
const [BEGIN, END] = ["<!-- coherence: written by npm run codes -->", "<!-- end -->"];

const HEADINGS = ["N → C", "order", "worst \\|cos\\|", "worst cos", "Welch", "Levenshtein", "the paper's"];
const table = [HEADINGS, HEADINGS.map(() => "---"), ...CASES.map(line)]
  .map((cells) => `| ${cells.join(" | ")} |`)
  .join("\n");
console.log(table.replaceAll("\\|", "|"));

const text = readFileSync(page, "utf8");
const [before, rest] = text.split(BEGIN);
const after = rest?.split(END)[1];
if (after === undefined) throw new Error(`docs/codes.md has no part between "${BEGIN}" and "${END}"`);
writeFileSync(page, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);

for (const picture of PICTURES) {
  const png = gramMatrix(new FixedClassifier(picture));
  writeFileSync(new URL(`../docs/images/gram-${nameOf(picture)}.png`, import.meta.url), png);
}
console.log(`\n${PICTURES.length} pictures and the table are in docs/`);
