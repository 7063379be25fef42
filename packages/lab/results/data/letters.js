// 20,000 pictures of capital letters as 16 numbers each: Frey and Slate, 1991. The first 16,000 train, as its authors had it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputOf } from "../fetch/commands.js";
import { unpackDebian } from "../fetch/debian.js";
import { readDataFrame } from "../files/rdata.js";

/** @import { Source } from "../fetch/provide.js" */

const TRAINING = 16_000;

/** @type {Source} */
export const letters = {
  name: "letters",
  title: "Letter Recognition",
  origin: "Debian r-cran-mlbench, `LetterRecognition`",
  licence: "CC BY 4.0 (UCI Machine Learning Repository)",
  place: { make },
  files: {
    "train.csv": "325424305699b4712afac382acb787be2ed815b5b6da7f714cea89eb4dd9a0d4",
    "test.csv": "ecb541f82ff26cf86d8689e650bcb1b83b3137e63c0818c7032d3db4455cd061",
  },
};

/** @type {(folder: string, scratch: string) => void} */
function make(folder, scratch) {
  const data = unpackDebian("r-cran-mlbench", "/usr/lib/R/site-library/mlbench/data", scratch);
  const file = join(data, "LetterRecognition.rda");
  const [label, ...columns] = readDataFrame(
    outputOf("xz", ["--decompress", "--stdout", file]),
    "LetterRecognition",
  );
  const lines = Array.from(label.values, (level, row) =>
    [label.levels?.[level - 1], ...columns.map(({ values }) => values[row])].join(","),
  );
  const header = ["letter", ...columns.map(({ name }) => name)].join(",");
  const write = (/** @type {string} */ name, /** @type {string[]} */ rows) =>
    writeFileSync(join(folder, name), [header, ...rows, ""].join("\n"));
  write("train.csv", lines.slice(0, TRAINING));
  write("test.csv", lines.slice(TRAINING));
}
