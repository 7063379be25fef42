import type { Words } from "../data/index.js";
import type { Batch, Source } from "./source.js";

/** Words of a column that are read at a time: gradients go back so far. */
export const STEPS = 32;
/** Columns of an evaluation. */
export const EVALUATED_COLUMNS = 16;

/**
 * A text, cut into columns that are read side by side; what is classified is the next word. An epoch is the text from its beginning to its
 * end, always in the same order.
 */
export class TextSource implements Source {
  readonly name: string;
  readonly hash: string;
  readonly classes: readonly string[];
  readonly layout = null;
  readonly shape = [];
  readonly steps = STEPS;
  readonly batch: number;
  readonly stepsAnEpoch: number;
  readonly rows: Source["rows"];
  readonly bias: Float32Array;
  readonly words: Int32Array;
  readonly #corpus: Words;

  constructor(corpus: Words, columns: number) {
    const { train, validation, test } = corpus;
    this.name = corpus.name;
    this.hash = corpus.hash;
    this.classes = corpus.vocabulary;
    this.batch = Math.max(1, Math.min(columns, Math.floor(train.length / (STEPS + 1))));
    this.stepsAnEpoch = stepsOf(train, this.batch);
    const rowsOf = (tokens: Int32Array, count: number): number => stepsOf(tokens, count) * STEPS * count;
    this.rows = {
      train: rowsOf(train, this.batch),
      validation: rowsOf(validation, EVALUATED_COLUMNS),
      test: rowsOf(test, EVALUATED_COLUMNS),
    };
    this.bias = logFrequencies(train, corpus.vocabulary.length);
    this.words = train;
    this.#corpus = corpus;
  }

  at(_epoch: number, step: number): Batch {
    return columnsAt(this.#corpus.train, this.batch, step);
  }

  training(): Iterable<Batch> {
    return inOrder(this.#corpus.train);
  }

  validation(): Iterable<Batch> {
    return inOrder(this.#corpus.validation);
  }

  test(): Iterable<Batch> {
    return inOrder(this.#corpus.test);
  }
}

const stepsOf = (tokens: Int32Array, count: number): number =>
  Math.max(0, Math.floor((Math.floor(tokens.length / count) - 1) / STEPS));

function* inOrder(tokens: Int32Array): Generator<Batch> {
  const steps = stepsOf(tokens, EVALUATED_COLUMNS);
  for (let step = 0; step < steps; step++) yield columnsAt(tokens, EVALUATED_COLUMNS, step);
}

/** Inputs are words step by step, columns side by side; labels are the words behind them. */
function columnsAt(tokens: Int32Array, count: number, step: number): Batch {
  const length = Math.floor(tokens.length / count);
  const inputs = new Float32Array(STEPS * count);
  const labels = new Int32Array(STEPS * count);
  for (let row = 0; row < labels.length; row++) {
    const at = (row % count) * length + step * STEPS + Math.floor(row / count);
    inputs[row] = tokens[at];
    labels[row] = tokens[at + 1];
  }
  return { inputs, labels };
}

/** Of each word, with one added so that none is impossible. */
function logFrequencies(tokens: Int32Array, classes: number): Float32Array {
  const counts = new Float32Array(classes).fill(1);
  for (const token of tokens) counts[token]++;
  return counts.map((count) => Math.log(count / (tokens.length + classes)));
}
