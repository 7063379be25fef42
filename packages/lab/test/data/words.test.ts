import { expect, test } from "vitest";
import { loadText } from "../../src/data/index.js";
import { Problem } from "../../src/problem.js";
import { folder, write } from "../support/writers.js";

test("words by how often they come, an end after each line, the unknown one last", async () => {
  const here = folder();
  write(`${here}/my.train.txt.gz`, "b a b\r\na b c\n\nd b <unk>\n");
  write(`${here}/my.valid.txt`, "b x\nc");
  write(`${here}/my.test.txt`, "a\u00a0b b\tb\n");
  write(`${here}/README.md`, "not text to learn");
  const all = await loadText([here]);
  // Counts: b 4, <eos> 4, a 2, c 1, d 1; of equal ones those that come first.
  expect(all.vocabulary).toEqual(["b", "<eos>", "a", "c", "d", "<unk>"]);
  expect(Array.from(all.train)).toEqual([0, 2, 0, 1, 2, 0, 3, 1, 1, 4, 0, 5, 1]);
  expect(Array.from(all.validation)).toEqual([0, 5, 1, 3, 1]);
  expect(Array.from(all.test)).toEqual([5, 0, 0, 1]);
  expect(all.notes).toEqual([]);
  const few = await loadText([here], { vocabulary: 4, tokens: 5, evaluate: 2 });
  expect(few.vocabulary).toEqual(["b", "<eos>", "a", "<unk>"]);
  expect(Array.from(few.train)).toEqual([1, 3, 0, 3, 1]);
  expect(Array.from(few.validation)).toEqual([3, 1]);
  expect(few.notes).toEqual(["15.4 % of the training part's words are not among the 4 of the vocabulary."]);
  expect(few.hash).not.toBe(all.hash);
});

test("one file is divided in the order of its lines, by lines", async () => {
  const here = folder();
  const lines = Array.from({ length: 20 }, (_, k) => `w${k % 5} same`);
  const path = write(`${here}/story.txt`, lines.join("\n"));
  const { name, train, validation, test } = await loadText([path], { validation: 0.2, test: 0.1 });
  expect(name).toBe("story");
  expect([train, validation, test].map(({ length }) => length)).toEqual([42, 12, 6]);
});

test("what cannot be read is told", async () => {
  const here = folder();
  const problem = (paths: string[], options = {}) => expect(loadText(paths, options)).rejects;
  await problem([]).toThrow("No text is named");
  await problem([`${here}/absent.txt`]).toThrow(/absent\.txt is not there\. Check the path/);
  await problem([here]).toThrow("holds no text to learn from");
  const empty = write(`${here}/empty.train.txt`, "");
  await problem([empty]).toThrow(/empty\.train\.txt has no words to learn from/);
  const blank = write(`${here}/blank.txt`, "\n\n\n");
  await problem([blank]).toThrow("has no words to learn from");
  await problem([blank], { vocabulary: 2 }).toThrow("--vocabulary 2");
  const cut = write(`${here}/cut.txt.gz`, "many words and more");
  const { readFileSync, writeFileSync } = await import("node:fs");
  writeFileSync(cut, readFileSync(cut).subarray(0, 25));
  await problem([cut]).toThrow(/cut\.txt\.gz cannot be unpacked/);
  write(`${here}/b.train.txt`, "x y");
  await problem([here]).toThrow("could both be the train part");
  await problem([here]).toThrow(Problem);
});
