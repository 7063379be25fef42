/**
 * Calls that come again and again with the same arrays, as those of a server do that reads every request into one buffer: where they lie is kept
 * in a plan. To ask the engine for it takes longer than a small head does for a row.
 */

import { lengthOf } from "../../checks.js";
import type { KernelRows } from "../backend.js";

/** Only one of so many calls is looked at. */
export const SAMPLE = 256;

/**
 * So many looks at the same arrays before they are planned. The first plan of a process takes 0.2 ms, and saves 50 ns a call as long as the engine
 * has compiled little.
 */
const OFTEN = 16;

/** With more features or classes the call is a small part of the time. */
const MOST = 2 ** 14;

/** What is kept from the collector, in bytes: an array may be a view of a buffer of gigabytes. */
const MOST_KEPT = 2 ** 22;

const bufferOf = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "buffer")
  ?.get as (this: unknown) => ArrayBufferLike;

const isKept = (array: ArrayBufferView | null): boolean =>
  array === null || bufferOf.call(array).byteLength <= MOST_KEPT;

/** The last call looked at, of whatever head: one, so that the arrays of no others are kept. */
interface LastCall {
  head: object | null;
  x: unknown;
  bias: unknown;
  logits: unknown;
  /** Looks since something was another. */
  times: number;
  /** Calls since the last look. */
  calls: number;
  plan: ((scale: number) => void) | null;
}

export const last: LastCall = {
  head: null,
  x: null,
  bias: null,
  logits: null,
  times: 0,
  calls: 0,
  plan: null,
};

/** What makes a plan of a head of this shape. */
interface Planner {
  readonly features: number;
  readonly classes: number;
  planForward(x: KernelRows, bias: Float32Array | null, logits: Float32Array): (scale: number) => void;
}

/** Looks at a call whose arrays were found to fit, and plans it if it has come often. */
export function note(head: Planner, x: KernelRows, bias: Float32Array | null, logits: Float32Array): void {
  const { features, classes } = head;
  if (lengthOf.call(x) !== features || features > MOST || classes > MOST) return;
  if (last.x !== x || last.logits !== logits || last.head !== head || last.bias !== bias) {
    if (!isKept(x) || !isKept(logits) || !isKept(bias)) return;
    last.head = head;
    last.x = x;
    last.bias = bias;
    last.logits = logits;
    last.times = 1;
    last.plan = null;
  } else if (last.times < OFTEN) {
    last.times++;
  } else {
    last.plan ??= head.planForward(x, bias, logits);
  }
}
