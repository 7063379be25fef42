import { expect, test } from "vitest";
import { repeatCommand } from "../../src/options/repeat.js";
import { resolveTrainOptions, TRAIN_OPTIONS } from "../../src/options/train.js";
import { Problem } from "../../src/problem.js";

test("flags come before the file, the file before defaults", () => {
  const options = resolveTrainOptions(
    { epochs: "7" },
    { epochs: 9, batch: 64, heads: ["cosine", "product:4"] },
    "a.yaml",
  );
  expect(options.epochs).toBe(7);
  expect(options.batch).toBe(64);
  expect(options.heads).toEqual(["cosine", "product:4"]);
  expect(options.lr).toBe(TRAIN_OPTIONS.lr.initial);
});

test("what is written as text on the command line means what it does in a file", () => {
  const flags = resolveTrainOptions({ heads: "learned, simplex", sweep: "lr=1e-3,0.01", standardize: "yes" });
  const file = resolveTrainOptions(
    {},
    { heads: ["learned", "simplex"], sweep: { lr: [0.001, 0.01] }, standardize: "yes" },
  );
  expect(flags).toEqual(file);
});

test.each([
  [{ epochs: "0" }, /--epochs is "0": give an integer from 1/],
  [{ epochs: "ten" }, /--epochs is "ten"/],
  [{ lr: "0" }, /--lr is "0": give a number above 0/],
  [{ heads: "learned,learned" }, /stands there twice/],
  [{ heads: "dense" }, /--heads: "dense" is no head/],
  [{ trunk: "rnn:4" }, /--trunk/],
  [{ optimizer: "rmsprop" }, /choose adam, adamw, sgd/],
  [{ sweep: "batch=1,2" }, /only learning rates can be swept/],
  [{ schedule: "step" }, /"step" is no schedule/],
  [{ norm: "layer" }, /--norm is "layer": choose none/],
  [{ start: "zero" }, /--start is "zero": choose random, class-means, co-occurrences/],
])("%o is refused with what is allowed", (flags, message) => {
  expect(() => resolveTrainOptions(flags)).toThrow(Problem);
  expect(() => resolveTrainOptions(flags)).toThrow(message);
});

test("a file with an unknown name is told of, with its place", () => {
  expect(() => resolveTrainOptions({}, { epoch: 3 }, "a.yaml")).toThrow(
    /a\.yaml: "epoch" is no option; there are heads/,
  );
  expect(() => resolveTrainOptions({}, { batch: "many" }, "a.yaml")).toThrow(/a\.yaml: batch is "many"/);
});

test("the command that repeats an experiment says what is not as by default, and is read as the same", () => {
  const options = resolveTrainOptions({
    heads: "learned,product:4",
    sweep: "lr=0.001,0.01",
    label: "the class",
    lr: "0.01",
  });
  const command = repeatCommand(["my data.npy", "labels.npy"], options);
  expect(command).toBe(
    "npx fixed-classifier-lab train 'my data.npy' labels.npy --heads learned,product:4 --lr 0.01 --sweep lr=0.001,0.01 --label 'the class'",
  );
  expect(repeatCommand(["x"], resolveTrainOptions({}))).toBe("npx fixed-classifier-lab train x");
});
