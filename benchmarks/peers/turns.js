// Calls of several libraries by turns.
import { median } from "../timing.js";

/** @import { Values } from "./layer.js" */

/** @typedef {{ name: string, own: boolean, call: () => Values | Promise<Values> }} Contender */

/** Nanoseconds: a run long enough for the clock, and what a peer gets of them at its turn. */
const RUN = 50_000;
const TURN = 2_000_000;
const LEAST_TURNS = 5;

/** Nothing of the results is thrown away unseen. */
let consumed = 0;

/**
 * Nanoseconds a call, of `count` calls one after the other.
 * @param {Contender["call"]} call
 * @param {number} count
 */
async function run(call, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    const result = call();
    // What is there when the call returns shall not wait for the event loop.
    const values = result instanceof Promise ? await result : result;
    consumed += values[i % values.length];
  }
  return ((performance.now() - start) * 1e6) / count;
}

/**
 * The median of the runs of one turn, so that the first ones may fetch what other peers have put out of the caches.
 * @param {Contender["call"]} call
 */
async function turn(call) {
  /** @type {number[]} */
  const runs = [];
  const start = performance.now();
  let count = 1;
  do {
    const time = await run(call, count);
    // A look at the clock takes as long as a short call.
    if (time * count < RUN) count *= 2;
    else runs.push(time);
  } while ((performance.now() - start) * 1e6 < TURN || runs.length === 0);
  return median(runs);
}

/**
 * The fastest turn of each, in nanoseconds a call; turns alternate, and all peers get the same time. Not medians: on a machine
 * that is not idle, calls of milliseconds are interrupted and those of microseconds are not, which would favour the shorter.
 * @param {Contender[]} contenders
 * @param {number} milliseconds
 */
export async function compare(contenders, milliseconds) {
  const share = milliseconds / contenders.length;
  const tried = contenders.map((contender) => ({
    ...contender,
    turns: /** @type {number[]} */ ([]),
    spent: 0,
  }));
  for (const { call } of tried) await turn(call);
  const open = () => tried.filter(({ turns, spent }) => turns.length < LEAST_TURNS || spent < share);
  for (let next = open(); next.length > 0; next = open()) {
    for (const contender of next) {
      const start = performance.now();
      contender.turns.push(await turn(contender.call));
      contender.spent += performance.now() - start;
    }
  }
  if (!Number.isFinite(consumed)) throw new Error("a result is not finite");
  const own = tried.find(({ own }) => own);
  return tried.map(({ name, turns }) => ({
    peer: name,
    nanoseconds: Math.min(...turns),
    timesOurs: own === undefined ? null : Math.min(...turns) / Math.min(...own.turns),
  }));
}
