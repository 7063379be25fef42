/**
 * Calls that come again and again with the same arrays, as those of a server do that reads every request into one buffer: where they lie is kept
 * in a plan. To ask the engine for it takes longer than a small head does for a row.
 */

import { lengthOf } from "../../checks.js";
import type { KernelRows } from "../backend.js";

/** A plan costs what it saves in six calls. */
const OFTEN = 16;

/** Larger arrays are not kept from the collector, and the call is a small part of their time. */
const MOST = 2 ** 14;

/** The last call, of whatever head: one, so that the arrays of no others are kept. */
interface LastCall {
  head: object | null;
  x: unknown;
  bias: unknown;
  logits: unknown;
  times: number;
  plan: ((scale: number) => void) | null;
}

export const last: LastCall = { head: null, x: null, bias: null, logits: null, times: 0, plan: null };

/** What makes a plan of a head of this shape. */
interface Planner {
  readonly features: number;
  readonly classes: number;
  planForward(x: KernelRows, bias: Float32Array | null, logits: Float32Array): (scale: number) => void;
}

/** Notes a call whose arrays were found to fit, and plans it if it has come often. */
export function note(head: Planner, x: KernelRows, bias: Float32Array | null, logits: Float32Array): void {
  const { features, classes } = head;
  if (lengthOf.call(x) !== features || features > MOST || classes > MOST) return;
  if (last.x !== x) {
    // Most calls that are not the last one again differ in this.
    last.x = x;
    last.head = last.plan = null;
  } else if (last.logits !== logits || last.head !== head || last.bias !== bias) {
    last.head = head;
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
