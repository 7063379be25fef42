import { Adam, clipGradient } from "../engine/adam.js";
import { Random } from "../engine/random.js";
import { makeHead, phaseOf } from "../heads/index.js";
import { startParameters } from "../heads/parameters.js";
import { startFromCooccurrences } from "./co-occurrences.js";
import { LanguageModel } from "./network.js";

/** @import { Head, OnHead } from "../heads/parameters.js" */
/** @import { Phase } from "../heads/spec.js" */

const BATCH = 32;
const EVALUATED = 16;
const STEPS = 32;
const RATE = 2e-3;

/**
 * @param {{ vocabulary: string[], train: Int32Array, validation: Int32Array }} data
 * @param {{ phases: Phase[], epochs: number, seed: number, features: number, roundEvery: number, classScale: boolean, start: string }} settings
 * @param {(step: { epochs: number, loss: number }) => void} onStep
 * @param {OnHead} onHead
 */
export async function trainWords({ vocabulary, train, validation }, settings, onStep, onHead) {
  const { phases, epochs, seed, features, start } = settings;
  const classes = vocabulary.length;
  const random = new Random(seed);
  const model = await LanguageModel.create(
    { words: classes, features, steps: STEPS, batch: BATCH, evaluated: EVALUATED },
    random,
  );
  const read = columns(train, BATCH);
  const stepsAnEpoch = read.steps;
  const shape = { features, classes, rows: STEPS * BATCH, evaluated: STEPS * EVALUATED, stepsAnEpoch };
  const parameters = startParameters(shape, random, logFrequencies(train, classes));
  if (start === "co-occurrences") {
    parameters.matrix.value.set(startFromCooccurrences(train, classes, features, random));
  }
  const optimizer = new Adam();
  let head = await makeHead(phases[0], shape, parameters, settings);
  const perplexities = [];
  onHead(head, "start");
  for (let epoch = 0; epoch < epochs; epoch++) {
    const { phase, begins } = phaseOf(phases, epoch);
    if (begins && epoch > 0) {
      await head.release();
      head = await makeHead(phase, shape, parameters, settings);
    }
    model.restart();
    for (let step = 0; step < stepsAnEpoch; step++) {
      const { words, next } = read.at(step);
      const { loss, gradient } = await head.step(await model.forward(words), next);
      await model.backward(gradient);
      const all = [...model.parameters, ...head.parameters];
      clipGradient(all);
      const done = epoch * stepsAnEpoch + step;
      optimizer.step(all, (RATE / 2) * (1 + Math.cos((Math.PI * done) / (epochs * stepsAnEpoch))));
      onStep({ epochs: (done + 1) / stepsAnEpoch, loss });
    }
    perplexities.push(await perplexity(model, head, validation));
  }
  onHead(head, "end");
  await head.release();
  return { perplexity: Math.min(...perplexities), perplexities, scale: parameters.scale.value[0] };
}

/**
 * @param {LanguageModel} model
 * @param {Head} head
 * @param {Int32Array} tokens
 */
async function perplexity(model, head, tokens) {
  const read = columns(tokens, EVALUATED);
  let sum = 0;
  model.restart();
  for (let step = 0; step < read.steps; step++) {
    const { words, next } = read.at(step);
    sum += (await head.evaluate(await model.evaluate(words), next)).loss;
  }
  return Math.exp(sum / (read.steps * STEPS * EVALUATED));
}

/**
 * A text cut into columns that are read side by side, STEPS words of each at a time.
 * @param {Int32Array} tokens
 * @param {number} count of columns
 */
function columns(tokens, count) {
  const length = Math.floor(tokens.length / count);
  /** @type {(first: number) => Int32Array} */
  const rows = (first) =>
    Int32Array.from(
      { length: STEPS * count },
      (_, k) => tokens[(k % count) * length + first + Math.floor(k / count)],
    );
  return {
    steps: Math.floor((length - 1) / STEPS),
    /** @param {number} step */
    at: (step) => ({ words: rows(step * STEPS), next: rows(step * STEPS + 1) }),
  };
}

/**
 * @param {Int32Array} tokens
 * @param {number} classes
 */
function logFrequencies(tokens, classes) {
  const counts = new Float32Array(classes).fill(1);
  for (const token of tokens) counts[token]++;
  return counts.map((count) => Math.log(count / (tokens.length + classes)));
}
