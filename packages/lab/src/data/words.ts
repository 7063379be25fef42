import { type Dirent, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Problem } from "../problem.js";
import { unreadable, wholeFile } from "./bytes.js";
import { Coder } from "./content.js";
import { Digest } from "./hash.js";
import { meaningOf, type PartName } from "./names.js";

/** Running text as numbers of words, to learn which word comes next. */
export interface Words {
  readonly name: string;
  /** The word of each number: the more frequent first, the unknown one last. */
  readonly vocabulary: readonly string[];
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  readonly hash: string;
  readonly notes: readonly string[];
}

export interface WordOptions {
  /** The number of words that are kept apart, `<eos>` and `<unk>` among them; all others are `<unk>`. 10,000 if not set. */
  readonly vocabulary?: number;
  /** Only the last so many words of the training part are taken. */
  readonly tokens?: number;
  /** Only the last so many words of each of the other parts are taken. */
  readonly evaluate?: number;
  /** The share of a single file's end that becomes the validation part. 0.1 if not set. */
  readonly validation?: number;
  /** The share of a single file's end that becomes the test part. 0.1 if not set. */
  readonly test?: number;
}

const END = "<eos>";
const UNKNOWN = "<unk>";

/** Reads .txt or .txt.gz: a folder or files named train, valid and test, or one file that is divided in the order of its lines. */
export async function loadText(paths: readonly string[], options: WordOptions = {}): Promise<Words> {
  const { vocabulary: size = 10_000, tokens, evaluate } = options;
  if (!Number.isInteger(size) || size < 3)
    throw new Problem(`--vocabulary ${size}: it takes a whole number of words from 3`);
  const coder = new Coder();
  const parts = divided(textFiles(paths), options, coder);
  const { vocabulary, numbers, strange } = vocabularyOf(parts.train, coder.names, size);
  const encode = (codes: Int32Array, last = codes.length): Int32Array =>
    codes.subarray(Math.max(0, codes.length - last)).map((code) => numbers[code]);
  const train = encode(parts.train, tokens);
  const validation = encode(parts.validation, evaluate);
  const test = encode(parts.test, evaluate);
  const digest = new Digest();
  for (const word of vocabulary) digest.text(word);
  for (const part of [train, validation, test]) {
    digest.text(String(part.length));
    digest.numbers(part);
  }
  const notes: string[] = [];
  for (const [name, part] of Object.entries({ validation, test }))
    if (part.length < 2) notes.push(`The ${name} part has ${part.length} words.`);
  if (strange > 0)
    notes.push(
      `${((100 * strange) / parts.train.length).toFixed(1)} % of the training part's words are not among the ${vocabulary.length} of the vocabulary.`,
    );
  const name = basename(resolve(paths[0])).replace(/(\.txt)?(\.gz)?$/i, "");
  return { name, vocabulary, train, validation, test, hash: digest.hex(), notes };
}

/** By how often they come in the training part, those that come first before others; what is not among them is unknown. */
function vocabularyOf(train: Int32Array, names: readonly string[], size: number) {
  const counts = new Int32Array(names.length);
  for (const code of train) counts[code]++;
  const kept = Array.from(names, (_, code) => code)
    .filter((code) => counts[code] > 0 && names[code] !== UNKNOWN)
    .sort((a, b) => counts[b] - counts[a] || a - b)
    .slice(0, size - 1);
  const numbers = new Int32Array(names.length).fill(kept.length);
  kept.forEach((code, number) => {
    numbers[code] = number;
  });
  let strange = 0;
  for (const code of train) if (numbers[code] === kept.length && names[code] !== UNKNOWN) strange++;
  return { vocabulary: [...kept.map((code) => names[code]), UNKNOWN], numbers, strange };
}

function textFiles(paths: readonly string[]): Map<PartName, string> {
  if (paths.length === 0)
    throw new Problem("No text is named. Name a .txt file, or a folder with train, valid and test");
  const files = paths.flatMap((path) => (isFolder(path) ? filesIn(path) : [path]));
  const found = new Map<PartName, string>();
  for (const file of files) {
    const part = meaningOf(file).part ?? (files.length === 1 ? "train" : null);
    if (part === null) continue;
    const other = found.get(part);
    if (other !== undefined)
      throw new Problem(`${other} and ${file} could both be the ${part} part. Name the files that are meant`);
    found.set(part, file);
  }
  if (!found.has("train"))
    throw new Problem(
      `${paths.join(", ")} holds no text to learn from. It takes a file with train in its name`,
    );
  return found;
}

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
};

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry: Dirent) => entry.isFile() && /\.txt(\.gz)?$/i.test(entry.name))
    .map(({ name }) => join(folder, name));

/** Words by number, and where each line starts. */
interface Text {
  readonly codes: Int32Array;
  readonly starts: readonly number[];
}

/** Where a part is missing it is the end of the training text: what comes later is what has to be told. */
function divided(
  files: ReadonlyMap<PartName, string>,
  { validation = 0.1, test = 0.1 }: WordOptions,
  coder: Coder,
): Record<PartName, Int32Array> {
  const read = (part: PartName): Text | null => {
    const file = files.get(part);
    return file === undefined ? null : wordsOf(file, coder);
  };
  const all = read("train") as Text;
  const given = { validation: read("validation"), test: read("test") };
  const lines = all.starts.length;
  const count = (share: number, part: Text | null): number => {
    if (!(share >= 0 && share < 1)) throw new Problem(`A share of ${share}: it takes one from 0 to below 1`);
    return part === null ? Math.round(share * lines) : 0;
  };
  const end = lines - count(test, given.test);
  const middle = end - count(validation, given.validation);
  const between = (from: number, to: number): Int32Array =>
    all.codes.subarray(all.starts[from] ?? all.codes.length, all.starts[to] ?? all.codes.length);
  if (middle < 1 || all.codes.length === lines)
    throw new Problem(
      `${files.get("train")} has no words to learn from. It takes lines of words with spaces between`,
    );
  return {
    train: between(0, middle),
    validation: given.validation?.codes ?? between(middle, end),
    test: given.test?.codes ?? between(end, lines),
  };
}

/** Words stand between spaces and tabulators; an end is put after each line. */
function wordsOf(path: string, coder: Coder): Text {
  const lines = Buffer.from(wholeFile(path)).toString("utf8").split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const codes: number[] = [];
  const starts: number[] = [];
  for (const line of lines) {
    starts.push(codes.length);
    for (const word of line.split(/[ \t]/)) if (word !== "") codes.push(coder.code(word));
    codes.push(coder.code(END));
  }
  return { codes: Int32Array.from(codes), starts };
}
