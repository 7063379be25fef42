// A process of its own: its first calls, by the interpreter and whatever compilers the engine has ready by then, and how long a call
// takes when all have done their work.
import "../one-thread.js";
import { answer } from "../child.js";
import { normal } from "../data.js";
import { check, largestOf, logit } from "../exact.js";
import { FixedClassifier } from "../product.js";

const FIRST = 2000;
/** Turns of as many calls, of which the fastest counts: long enough for every compiler. */
const TURNS = 100;

const features = 2048;
const classes = 1000;
const head = new FixedClassifier({ features, classes });
const x = normal(features);
const out = new Float32Array(classes);

/** @param {number} count */
function turn(count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) head.forward(x, { out });
  return ((performance.now() - start) * 1e6) / count;
}

const start = performance.now();
head.forward(x, { out });
const first = (performance.now() - start) * 1e6;
const young = (first + turn(FIRST - 1) * (FIRST - 1)) / FIRST;
const hot = Math.min(...Array.from({ length: TURNS }, () => turn(FIRST)));
check("forward", out, (c) => logit(x, head, c), largestOf(out));
answer({ first, young, hot });
