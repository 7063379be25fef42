// Prints the tables of docs/rotation.md: how even rows are after one and two rounds, and how well one bit an element does then.
//
//   node scripts/rotations.js
import { rotation } from "../dist/index.js";

const SEEDS = 200;
const LENGTHS = [1024, 1000];
const ROUNDS = [1, 2];

let state = 1;
/** Uniform in [0, 1): Mulberry32. */
function uniform() {
  state = (state + 0x6d2b79f5) >>> 0;
  let z = Math.imul(state ^ (state >>> 15), state | 1);
  z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
  return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
}
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/**
 * A row with ones at some places.
 * @param {number} n
 * @param {number[]} places
 */
const ones = (n, ...places) => new Float32Array(n).map((_, i) => (places.includes(i) ? 1 : 0));

/** @type {Record<string, (n: number) => Float32Array>} */
const INPUTS = {
  "one coordinate": (n) => ones(n, Math.floor(n / 3)),
  "two coordinates": (n) => ones(n, 1, 2),
  "eight coordinates": (n) => ones(n, ...Array.from({ length: 8 }, (_, i) => (i * 97) % n)),
  "noise and a coordinate of 100": (n) => new Float32Array(n).map((_, i) => (i === 5 ? 100 : normal())),
  "the first half alone": (n) => new Float32Array(n).map((_, i) => (i < n / 2 ? normal() : 0)),
  "a constant": (n) => new Float32Array(n).fill(1),
  "a row of the matrix": (n) => new Float32Array(n).map((_, i) => (i & 1 ? -1 : 1)),
  "normal noise": (n) => new Float32Array(n).map(normal),
};

/** @type {Record<string, (n: number) => [Float32Array, Float32Array]>} */
const PAIRS = {
  "two coordinates, by a third": (n) => [ones(n, 1, 2), ones(n, 3)],
  "three coordinates, by a fourth": (n) => [ones(n, 1, 2, 4), ones(n, 7)],
  "normal noise": (n) => [INPUTS["normal noise"](n), INPUTS["normal noise"](n)],
};

/**
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** @param {Float32Array} y */
function evenness(y) {
  const second = dot(y, y) / y.length;
  const fourth = y.reduce((sum, value) => sum + value ** 4, 0) / y.length;
  return { largest: Math.max(...y.map(Math.abs)) / Math.sqrt(second), kurtosis: fourth / second ** 2 };
}

/**
 * The error of a cosine that is estimated from the signs of one of two rotated rows: ⟨sign, q⟩ / ⟨sign, o⟩.
 * @param {Float32Array} o
 * @param {Float32Array} q
 */
function errorOfOneBit(o, q) {
  const signs = o.map((value) => (value >= 0 ? 1 : -1));
  const size = Math.sqrt(dot(o, o) / dot(q, q));
  return (dot(signs, q) / dot(signs, o)) * size - dot(o, q) / Math.sqrt(dot(o, o) * dot(q, q));
}

/**
 * One row of cells for every input, a cell for each length and number of rounds.
 * @param {string} title
 * @param {string[]} names
 * @param {(name: string, n: number, rounds: number) => string} cell
 */
function printTable(title, names, cell) {
  const shapes = LENGTHS.flatMap((n) => ROUNDS.map((rounds) => ({ n, rounds })));
  const head = shapes.map(({ n, rounds }) => `n = ${n}, ${rounds} round${rounds > 1 ? "s" : ""}`);
  console.log(`| ${[title, ...head].join(" | ")} |`);
  console.log(`| ${["---", ...head.map(() => "---")].join(" | ")} |`);
  for (const name of names) {
    console.log(`| ${[name, ...shapes.map(({ n, rounds }) => cell(name, n, rounds))].join(" | ")} |`);
  }
  console.log("");
}

/**
 * The mean over seeds.
 * @param {(seed: number) => number} value
 */
const mean = (value) =>
  Array.from({ length: SEEDS }, (_, seed) => value(seed)).reduce((a, b) => a + b) / SEEDS;

printTable("largest / root mean square; kurtosis", Object.keys(INPUTS), (name, n, rounds) => {
  const samples = Array.from({ length: SEEDS }, (_, seed) =>
    evenness(rotation({ length: n, seed, rounds }).apply(INPUTS[name](n))),
  );
  const largest = mean((seed) => samples[seed].largest);
  return `${largest.toFixed(1)}; ${mean((seed) => samples[seed].kurtosis).toFixed(2)}`;
});
printTable("error of a cosine from one bit", Object.keys(PAIRS), (name, n, rounds) => {
  const square = mean((seed) => {
    const r = rotation({ length: n, seed, rounds });
    const [o, q] = PAIRS[name](n);
    return errorOfOneBit(r.apply(o), r.apply(q)) ** 2;
  });
  return Math.sqrt(square).toFixed(3);
});
