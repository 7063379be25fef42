/** Coherence of `hadamard` beside what is possible at all and what the paper's code gives. */

import { FixedClassifier } from "../../dist/index.js";

/** @type {[features: number, classes: number][]} */
export const CASES = [
  [384, 50],
  [960, 900],
  [1280, 1000],
  [1664, 1000],
  [2048, 1000],
  [512, 1000],
  [768, 1000],
  [768, 30_522],
  [256, 65_536],
  [2048, 21_841],
  [512, 100_000],
  [64, 4096],
  [64, 10_000],
];

/**
 * Vectors up to sign: classes that take a row with a minus sign only are of the same line as those with plus.
 * @param {{ order: number }} code
 * @param {number} classes
 */
function linesOf({ order }, classes) {
  const inFull = Math.floor(classes / (2 * order));
  return inFull * order + Math.min(order, classes - inFull * 2 * order);
}

/**
 * Least possible largest |cos| of K lines in N dimensions: Welch, 1974.
 * @param {number} N
 * @param {number} K
 */
const welch = (N, K) => (K <= N ? 0 : Math.sqrt((K - N) / (N * (K - 1))));

/**
 * The same for many lines, K > N(N + 1)/2: Levenshtein, 1982.
 * @param {number} N
 * @param {number} K
 */
const levenshtein = (N, K) =>
  K <= (N * (N + 1)) / 2 ? null : Math.sqrt((3 * K - N * N - 2 * N) / ((N + 2) * (K - N)));

/** @param {number} value */
const number = (value) => (Number.isInteger(value) ? String(value) : value.toFixed(4));
/** @param {number} value */
const count = (value) => value.toLocaleString("en-US");

/**
 * The cells of one case.
 * @param {typeof CASES[number]} shape
 */
export function line([features, classes]) {
  const { code } = new FixedClassifier({ features, classes, bias: false });
  const lines = linesOf(code, classes);
  const bound = levenshtein(features, lines);
  const paper = new FixedClassifier({
    features,
    classes,
    code: "sylvester",
    bias: false,
    allowDuplicates: true,
  }).code;
  const { absolute, signed } = code.coherence;
  return [
    `${count(features)} → ${count(classes)}`,
    count(code.order),
    number(absolute),
    number(signed),
    number(welch(features, lines)),
    bound === null ? "–" : number(bound),
    number(paper.coherence.absolute),
  ];
}
