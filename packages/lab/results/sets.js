// What is run: data, the trunk and how it is trained, and the heads in front of which it stands. All heads of a set get the same: the same
// options, seeds, order and splits. A head with options of its own says why.
import { cifar10 } from "./data/cifar10.js";
import { fashionMnist, fashionMnistSample } from "./data/fashion-mnist.js";
import { languages } from "./data/languages.js";
import { letters } from "./data/letters.js";
import { mnist } from "./data/mnist.js";
import { clinc150, omniglot, wikitext2 } from "./data/shared.js";
import { stateOfTheUnion } from "./data/state-of-the-union.js";

/** @import { Source } from "./fetch/provide.js" */

/** Of `train`, by their names. @typedef {Record<string, string | number>} Options */
/**
 * @typedef {object} ResultSet
 * @property {Source} source
 * @property {"accuracy" | "perplexity"} measure
 * @property {Options} options
 * @property {Record<string, Options>} heads by their names, with what is particular to them
 * @property {string} about one sentence
 */

const SEEDS = 3;

/** Methods without a trunk run once a set, beside the learned head; logistic regression where it takes a minute or two. */
const learned = { baselines: "knn,logistic" };
const withNeighbours = { learned: { baselines: "knn" } };
const all = {
  learned,
  cosine: {},
  hadamard: {},
  "product:8": {},
  "product:4": {},
  orthogonal: {},
  simplex: {},
};
/** With ten classes there is little that a finer code could tell. */
const fewClasses = { learned: {}, cosine: {}, hadamard: {}, "product:8": {}, orthogonal: {}, simplex: {} };
/** Where classes are more than features there is neither a simplex nor an orthogonal code. */
const manyClasses = { learned, cosine: {}, hadamard: {}, "product:8": {}, "product:4": {} };
/** The finer product code where classes are most, for a row of them takes ten minutes. */
const mostClasses = { learned: {}, cosine: {}, hadamard: {}, "product:4": {} };

/** @type {ResultSet[]} */
export const SETS = [
  {
    source: fashionMnistSample,
    measure: "accuracy",
    options: { trunk: "conv:16,32,64", "head-features": 256, epochs: 5, lr: 2e-3, seeds: SEEDS },
    heads: all,
    about: "Ten classes of clothes, 6,000 images of them: the part of the data that the repository holds.",
  },
  {
    source: clinc150,
    measure: "accuracy",
    options: { trunk: "linear:512", epochs: 6, sweep: "lr=0.002,0.01", seeds: SEEDS },
    heads: all,
    about: "What people ask an assistant, 150 intents, as embeddings of sentences that stay as they are.",
  },
  {
    source: letters,
    measure: "accuracy",
    options: { label: "letter", trunk: "mlp:256,256", epochs: 25, lr: 2e-3, seeds: SEEDS },
    heads: all,
    about: "A table: 26 capital letters in many typefaces, each told by 16 whole numbers.",
  },
  {
    source: mnist,
    measure: "accuracy",
    options: { trunk: "mlp:256,256", epochs: 5, sweep: "lr=0.001,0.004", seeds: SEEDS },
    heads: { ...fewClasses, ...withNeighbours },
    about: "Handwritten digits, all 60,000, in front of two plain layers.",
  },
  {
    source: fashionMnist,
    measure: "accuracy",
    options: { trunk: "mlp:256,256", epochs: 5, sweep: "lr=0.001,0.004", seeds: SEEDS },
    heads: { ...fewClasses, ...withNeighbours },
    about: "All 60,000 images, in front of two plain layers.",
  },
  {
    source: languages,
    measure: "accuracy",
    options: {
      label: "language",
      trunk: "linear:512",
      hash: 1024,
      epochs: 4,
      sweep: "lr=0.002,0.01",
      seeds: SEEDS,
    },
    heads: { ...manyClasses, ...withNeighbours },
    about:
      "Which of 521 declarations is a paragraph of, by its hashed sequences of letters; some are of one language.",
  },
  {
    source: omniglot,
    measure: "accuracy",
    options: { trunk: "conv:16,32,64", "head-features": 512, epochs: 8, lr: 2e-3, seeds: SEEDS },
    heads: { ...mostClasses, ...withNeighbours },
    about: "1,623 characters, 16 drawings of each to learn from and 4 to be tested on.",
  },
  {
    source: cifar10,
    measure: "accuracy",
    options: { trunk: "conv:16,32,64", "head-features": 256, epochs: 3, lr: 2e-3, seeds: SEEDS },
    heads: fewClasses,
    about:
      "Photographs of ten kinds of things, in front of three small convolutions that see each three times.",
  },
  {
    source: stateOfTheUnion,
    measure: "perplexity",
    options: {
      trunk: "lstm:256",
      epochs: 3,
      batch: 32,
      lr: 2e-3,
      tokens: 100_000,
      evaluate: 20_000,
      seeds: SEEDS,
    },
    heads: mostClasses,
    about: "The next of 10,000 words, over all of which the softmax runs.",
  },
  {
    source: wikitext2,
    measure: "perplexity",
    options: {
      trunk: "lstm:256",
      epochs: 2,
      batch: 32,
      lr: 2e-3,
      tokens: 100_000,
      evaluate: 20_000,
      vocabulary: 33_278,
      seeds: 1,
    },
    heads: { learned: {}, hadamard: {}, "product:4": {} },
    about: "The next of 33,278 words, over all of which the softmax runs.",
  },
];

/**
 * One line of the results: one head on one set of data, with all its seeds.
 * @typedef {{ id: string, set: ResultSet, head: string, options: Options }} Row
 */

/** @type {Row[]} */
export const ROWS = SETS.flatMap((set) =>
  Object.entries(set.heads).map(([head, own]) => ({
    id: `${set.source.name}/${head}`,
    set,
    head,
    options: { baselines: "none", ...set.options, ...own },
  })),
);
