// Class vectors rounded to those of a product code, and a head that is made of them.
import { FixedClassifier } from "../../../dist/index.js";
import { drawFeatures } from "../features.js";
import { drawProduct } from "../product-codes.js";
import { drawKind, floats } from "../values.js";
import { expectSame } from "./outputs.js";

/** @import { FixedClassifierOptions } from "../../../dist/index.js" */
/** @import { Random } from "../random.js" */
/** @import { Operation } from "../operation.js" */

/** @param {Random} random */
function draw(random) {
  const features = random.size(2, 80);
  const classes = random.size(1, Math.min(60, 2 * features));
  const options = { features, classes, code: drawProduct(random, features, classes), bias: false };
  const kind = drawKind(random);
  return { features, classes, options, kind, weights: floats(random, classes * features, kind) };
}

/**
 * A RangeError's message in place of the result: weights may be drawn that are not finite. What is broken is more wrong than that.
 * @template T
 * @param {boolean} whole
 * @param {() => T} run
 */
function orMessage(whole, run) {
  try {
    return run();
  } catch (error) {
    if (whole && error instanceof RangeError) return error.message;
    throw error;
  }
}

/** @type {Operation} */
const round = {
  name: "round",
  weight: 2,
  kinds: ["floats"],
  options: [],
  draw(random) {
    const { features, options, kind, weights } = draw(random);
    return {
      shape: { ...options, values: kind },
      width: features,
      on(backend, memory) {
        const head = new FixedClassifier(/** @type {FixedClassifierOptions} */ ({ ...options, backend }));
        const placed = memory.input(weights);
        return {
          args: [placed],
          run: (given) => orMessage(given === placed, () => head.round(given)),
          results: (assignment) => assignment,
        };
      },
    };
  },
};

/** @type {Operation} */
const weights = {
  name: "product code of weights",
  weight: 1,
  kinds: [],
  options: [],
  draw(random) {
    const { features, classes, options, kind, weights } = draw(random);
    const x = drawFeatures(random, /** @type {any} */ ({ features, classes }));
    return {
      shape: { ...options, values: kind, x: x.shape },
      on(backend, memory) {
        const placed = memory.input(weights);
        return {
          args: [],
          run: () =>
            orMessage(true, () => {
              const { magnitudes, ...code } = { ...options.code, weights: placed };
              return new FixedClassifier(
                /** @type {FixedClassifierOptions} */ ({ ...options, code, backend }),
              );
            }),
          results(head) {
            if (typeof head === "string") return head;
            const { assignment } = head.code;
            if (options.code.stages === 1) expectSame("round", assignment, head.round(placed));
            return { assignment, logits: head.forward(x.place(memory), x.options) };
          },
        };
      },
    };
  },
};

export const ROUNDINGS = [round, weights];
