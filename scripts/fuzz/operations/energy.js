// logSumExp and energy with their gradients, and calibrate, which is made of a loss.
import { drawFeatures } from "../features.js";
import { drawHead } from "../heads.js";
import { asOptions } from "../operation.js";
import { drawGradientOut, drawTargets, gradientParts, placeGradientOut, placeTargets } from "./gradients.js";
import { drawOut, placeOut } from "./outputs.js";

/** @import { Operation } from "../operation.js" */
/** @import { Random } from "../random.js" */

/**
 * @param {Random} random
 * @param {boolean} temperature whether there is such an option
 */
function drawOptions(random, temperature) {
  /** @type {Record<string, unknown>} */
  const options = {};
  if (random.chance(0.6)) options.normalised = random.chance(0.3);
  if (temperature && random.chance(0.6)) {
    options.temperature = random.chance(0.7) ? 4 * random.unit() + 2 ** -20 : 2 ** random.from(-1000, 1000);
  }
  return options;
}

/** @type {(name: "logSumExp" | "energy", weight: number) => Operation} */
const values = (name, weight) => ({
  name,
  weight,
  kinds: ["features", "options"],
  options: ["out", "type", "featureScale", "normalised", ...(name === "energy" ? ["temperature"] : [])],
  draw(random) {
    const head = drawHead(random);
    const x = drawFeatures(random, head);
    const own = drawOptions(random, name === "energy");
    const spare = drawOut(random);
    return {
      shape: { head: head.shape, x: x.shape, ...own, spare },
      width: head.features,
      classes: head.classes,
      needs: x.rows,
      on(backend, memory) {
        const h = head.on(backend, memory);
        const placed = x.place(memory);
        const options = asOptions(memory.random, {
          ...own,
          ...x.options,
          ...placeOut(memory, x.rows, spare),
        });
        return { args: [placed, options], run: h[name].bind(h), results: (sums) => sums };
      },
    };
  },
});

/** @type {(name: "logSumExpAndGradient" | "energyAndGradient", weight: number) => Operation} */
const valuesAndGradient = (name, weight) => ({
  name,
  weight,
  kinds: ["features", "options"],
  options: [
    ...["gradients", "type", "featureScale", "normalised"],
    ...(name === "energyAndGradient" ? ["temperature"] : []),
  ],
  draw(random) {
    const head = drawHead(random);
    const x = drawFeatures(random, head);
    const own = drawOptions(random, name === "energyAndGradient");
    const spare = drawGradientOut(random, head);
    return {
      shape: { head: head.shape, x: x.shape, ...own, spare },
      width: head.features,
      classes: head.classes,
      needs: x.rows * head.features,
      on(backend, memory) {
        const h = head.on(backend, memory);
        const placed = x.place(memory);
        const out = placeGradientOut(memory, head, x.rows, spare);
        return {
          args: [placed, { ...own, ...x.options, ...out }],
          run: h[name].bind(h),
          results: (returned) => ({ values: returned.values, ...gradientParts(returned.gradient) }),
        };
      },
    };
  },
});

/** @type {Operation} */
const calibrate = {
  name: "calibrate",
  weight: 0.2,
  kinds: ["features", "labels", "options"],
  options: ["type", "featureScale", "ignoreIndex", "sampleWeights"],
  draw(random) {
    const head = drawHead(random);
    const x = drawFeatures(random, head);
    const targets = drawTargets(random, x.rows, head);
    return {
      shape: { head: head.shape, x: x.shape, ...targets.shape },
      width: head.features,
      classes: head.classes,
      on(backend, memory) {
        const h = head.on(backend, memory);
        const { labels, options } = placeTargets(memory, targets);
        return {
          args: [x.place(memory), labels, { ...options, ...x.options }],
          run: h.calibrate.bind(h),
          results(found) {
            memory.unwatch();
            const { scale, bias, weights } = h;
            return { ...found, scale, bias, weights };
          },
        };
      },
    };
  },
};

export const ENERGIES = [
  values("logSumExp", 3),
  values("energy", 3),
  valuesAndGradient("logSumExpAndGradient", 3),
  valuesAndGradient("energyAndGradient", 4),
  calibrate,
];
