// What every runtime runs: all operations over seeded inputs, and one of them timed. Nothing here is of one runtime, so that the same
// file runs in all of them; the package comes as an argument, since each has its own way to load it.
import { casesOf, hashed } from "../bits/cases.js";
import { floats } from "../bits/inputs.js";
import { FEW } from "../bits/shapes.js";

/** @typedef {typeof import("../../dist/index.js")} Api */

/**
 * @typedef {object} Probe
 * @property {string} backend
 * @property {string} instructionSet
 * @property {string[]} failures why the backends before it did not load
 * @property {string} hash of the bits of all results
 * @property {number | null} milliseconds for the logits of 64 rows, 2048 features and 1000 classes
 */

const ROWS = 64;
const SHAPE = { features: 2048, classes: 1000 };
const STRETCHES = 5;
/** Long beside the tick of any clock: that of browsers has up to a millisecond. */
const MILLISECONDS_A_STRETCH = 50;

/**
 * @param {Api} api
 * @param {(() => number | Promise<number>) | null} now a clock in milliseconds; null: nothing is timed
 * @returns {Promise<Probe>}
 */
export async function probe(api, now = () => performance.now()) {
  const { name, instructionSet, failures } = api.backend;
  return {
    backend: name,
    instructionSet,
    failures: failures.map((failure) => `${failure.name}: ${failure.error.message}`),
    hash: await hashOf(api),
    milliseconds: now === null ? null : await timeOf(api, now),
  };
}

/** @param {Api} api */
async function hashOf(api) {
  const { FixedClassifier } = api;
  const head = new FixedClassifier(SHAPE);
  const { backend } = head;
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  const text = new TextEncoder();
  /** @param {import("../bits/cases.js").Result} result */
  const add = (result) => {
    const [type, bytes] = hashed(result);
    parts.push(text.encode(type), bytes);
  };
  for (const run of Object.values(casesOf(api, FEW))) {
    for await (const result of run(backend)) add(result);
  }
  // Of a size that the native backend shares among threads.
  add(head.forward(floats(ROWS * SHAPE.features, 1)));
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
  return Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The shortest time of a call, over some stretches of calls.
 * @param {Api} api
 * @param {() => number | Promise<number>} now
 */
async function timeOf({ FixedClassifier }, now) {
  const head = new FixedClassifier(SHAPE);
  const x = floats(ROWS * SHAPE.features, 1);
  const out = new Float32Array(ROWS * SHAPE.classes);
  let calls = 1;
  let best = Number.POSITIVE_INFINITY;
  for (let stretch = 0; stretch < STRETCHES; ) {
    const start = await now();
    for (let i = 0; i < calls; i++) head.forward(x, { out });
    const taken = (await now()) - start;
    if (taken < MILLISECONDS_A_STRETCH) {
      calls *= 2;
      continue;
    }
    best = Math.min(best, taken / calls);
    stretch++;
  }
  return best;
}
