import type { Dataset, Part } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { Scorer } from "../metrics/scorer.js";
import { fitTemperature } from "../metrics/temperature.js";
import { testScores } from "../metrics/test-scores.js";
import type { Baseline } from "../training/result.js";
import { DISTANCES, nearest } from "./neighbours.js";

/** How many neighbours are tried. */
const COUNTS = [1, 5, 10, 20];
/** What the first of several classes with as many neighbours gets on top: it decides, and no probability shows it. */
const DECIDING = 2 ** -10;
/** Logits that are in memory at a time, at most. */
const LOGITS = 2 ** 22;
/** Logits of the validation part that a temperature is fitted to, at most. */
const FITTED = 2 ** 25;

/**
 * k nearest neighbours among the rows of training; how many, and by which distance, is chosen on the validation part. The class of most
 * neighbours is taken, of several the one whose nearest neighbour is nearest. A probability is the share of neighbours, to which one is
 * added that belongs to all classes alike, so that none is 0.
 */
export async function knn(dataset: Dataset, engine: Engine): Promise<Baseline> {
  const began = performance.now();
  const { train, validation, test, classes } = dataset;
  const counts = COUNTS.filter((count) => count <= train.inputs.rows);
  const most = counts[counts.length - 1];
  const tried = await nearest(validation.inputs, train.inputs, most, DISTANCES, engine);

  const candidates = DISTANCES.flatMap((distance) =>
    counts.map((count) => {
      const votes = new Votes(train.labels, classes.length, tried[distance], most, count);
      const scorer = new Scorer(classes.length);
      votes.each(validation, (logits, labels) => scorer.add(logits, labels));
      return { distance, count, votes, ...scorer.summary };
    }),
  );
  const best = candidates.reduce((a, b) =>
    b.accuracy > a.accuracy || (b.accuracy === a.accuracy && b.nll < a.nll) ? b : a,
  );

  const { distance, count } = best;
  const rows = Math.min(validation.labels.length, Math.floor(FITTED / classes.length));
  const logits = best.votes.logits(0, rows);
  const { temperature } = fitTemperature(logits, validation.labels.subarray(0, rows), classes.length);
  const found = await nearest(test.inputs, train.inputs, count, [distance], engine);
  const before = new Scorer(classes.length);
  const after = new Scorer(classes.length, temperature);
  new Votes(train.labels, classes.length, found[distance], count, count).each(test, (some, labels) => {
    before.add(some, labels);
    after.add(some, labels);
  });
  return {
    name: `${count} nearest neighbour${count === 1 ? "" : "s"}, ${distance}`,
    test: testScores(before, after, temperature),
    seconds: (performance.now() - began) / 1000,
  };
}

/** What the first `count` of each row's neighbours say. */
class Votes {
  constructor(
    private readonly labels: Int32Array,
    private readonly classes: number,
    private readonly neighbours: Int32Array,
    /** Neighbours that stand there of each row. */
    private readonly stride: number,
    private readonly count: number,
  ) {}

  each({ labels }: Part, onLogits: (logits: Float32Array, labels: Int32Array) => void): void {
    const block = Math.max(1, Math.floor(LOGITS / this.classes));
    for (let first = 0; first < labels.length; first += block) {
      const end = Math.min(first + block, labels.length);
      onLogits(this.logits(first, end), labels.subarray(first, end));
    }
  }

  /** Logarithms of probabilities. */
  logits(first: number, end: number): Float32Array {
    const { classes, count } = this;
    const logits = new Float32Array((end - first) * classes);
    for (let row = first; row < end; row++) {
      const votes = this.#votesOf(row);
      for (let c = 0; c < classes; c++)
        logits[(row - first) * classes + c] = Math.log((votes[c] + 1 / classes) / (count + 1));
    }
    return logits;
  }

  #votesOf(row: number): Float64Array {
    const votes = new Float64Array(this.classes);
    const start = row * this.stride;
    const own = Array.from({ length: this.count }, (_, k) => this.labels[this.neighbours[start + k]]);
    for (const label of own) votes[label]++;
    const most = Math.max(...own.map((label) => votes[label]));
    const winner = own.find((label) => votes[label] === most);
    if (winner !== undefined) votes[winner] += DECIDING;
    return votes;
  }
}
