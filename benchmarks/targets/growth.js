// Time of one row against the number of classes, beside dense layers: for the plot, without a target.
import { freemem } from "node:os";
import { OWN } from "../peers/own.js";
import { comparePeers } from "../peers/start.js";

/** @import { Compared } from "../peers/measure.js" */
/** @import { Settings } from "./index.js" */

const FEATURES = 512;
/** 10, 32, 100, … a million. */
const CLASSES = Array.from({ length: 11 }, (_, i) => Math.round(10 ** (1 + i / 2)));
const QUICK = [10, 1000];
const DENSE = ["onnxruntime-node", "plain JavaScript"];
/** Copies of the weights while onnxruntime makes its session of them. */
const COPIES = 5;

/** @param {number} classes */
const fits = (classes) => COPIES * 4 * FEATURES * classes < freemem();

/**
 * A process for each number of classes, one row at a time, one thread.
 * @param {Settings} settings
 */
export async function measureGrowth({ milliseconds, quick }) {
  /** @type {Compared[]} */
  const results = [];
  for (const classes of quick ? QUICK : CLASSES) {
    const shape = { features: FEATURES, classes, batches: [1], top: [1] };
    results.push(
      ...(await comparePeers({
        threads: 1,
        shapes: [shape],
        milliseconds: 4 * milliseconds,
        only: [OWN, ...(fits(classes) ? DENSE : [])],
      })),
    );
  }
  return results;
}
