// State of the Union addresses as words: sotu.train.txt.gz and sotu.valid.txt.gz, a sentence a line.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const END = "<eos>";
const UNKNOWN = "<unk>";

/**
 * The last `tokens` of training and the last `validation` of validation, as numbers of words.
 * @param {string} folder
 * @param {{ tokens: number, validation: number }} lengths
 */
export function loadWords(folder, { tokens, validation }) {
  const all = read(folder, "train");
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].sort(([, a], [, b]) => b - a).map(([word]) => word);
  const vocabulary = [...words.filter((word) => word !== UNKNOWN), UNKNOWN];
  const number = new Map(vocabulary.map((word, k) => [word, k]));
  const unknown = vocabulary.length - 1;
  const encode = (/** @type {string[]} */ some) =>
    Int32Array.from(some, (word) => number.get(word) ?? unknown);
  const train = last(encode(all), tokens);
  return { vocabulary, train, validation: last(encode(read(folder, "valid")), validation) };
}

/** @type {(tokens: Int32Array, count: number) => Int32Array} */
const last = (tokens, count) => tokens.subarray(Math.max(0, tokens.length - count));

/**
 * @param {string} folder
 * @param {string} part
 */
function read(folder, part) {
  const text = gunzipSync(readFileSync(`${folder}/sotu.${part}.txt.gz`)).toString("utf8");
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.flatMap((line) => [...line.split(/\s+/).filter((word) => word !== ""), END]);
}
