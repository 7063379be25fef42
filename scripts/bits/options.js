// The options of losses, what is calibrated, and what is written to files and read again.

import { casesOverHeads, gradientOf } from "./heads.js";
import { floats, labels } from "./inputs.js";

/** @import { ValuesAndGradient } from "../../dist/index.js" */
/** @import { Api, Case } from "./cases.js" */
/** @import { Shapes } from "./shapes.js" */

const IGNORED = -100;

/** @param {ValuesAndGradient} result */
function* valuesOf({ values, gradient }) {
  yield values;
  yield* gradientOf(gradient);
}

/**
 * @param {Api} api
 * @param {Shapes} shapes
 * @returns {Record<string, Case>}
 */
export function optionCases(api, shapes) {
  const { FixedClassifier } = api;
  const onHeads = casesOverHeads(api, shapes);
  return {
    "options of losses": onHeads(function* (head, x, seed, rows) {
      const y = labels(rows, head.classes, seed);
      const some = y.map((label, row) => (row % 3 === 2 ? IGNORED : label));
      const classWeights = floats(head.classes, seed + 1, "positive");
      const sampleWeights = floats(rows, seed + 2, "positive");
      const targets = floats(rows * head.classes, seed + 3, "positive");
      const cosines = head.code.name === "learned" ? [] : [{ margin: 0.35 }, { angularMargin: 0.5 }];
      for (const { loss, gradient } of [
        head.lossAndGradient(x, some, { ignoreIndex: IGNORED, classWeights, sampleWeights }),
        head.lossAndGradient(x, targets, { sampleWeights }),
        head.lossAndGradient(x, y, { loss: "dot-regression", target: 2, sampleWeights }),
        ...cosines.map((margin) => head.lossAndGradient(x, y, margin)),
      ]) {
        yield loss;
        yield* gradientOf(gradient);
      }
    }),
    "logSumExp and energy": onHeads(function* (head, x) {
      for (const normalised of [true, false]) {
        yield head.logSumExp(x, { normalised });
        yield head.energy(x, { normalised, temperature: 1.5 });
        yield* valuesOf(head.logSumExpAndGradient(x, { normalised }));
        yield* valuesOf(head.energyAndGradient(x, { normalised, temperature: 1.5 }));
      }
    }),
    "files, and calibrate": onHeads(function* (head, x, seed, rows) {
      const { backend } = head;
      const file = head.toSafetensors();
      yield file;
      const read = FixedClassifier.fromSafetensors(file, { backend });
      yield read.forward(x);
      const { temperature, before, after } = read.calibrate(x, labels(rows, head.classes, seed));
      yield* [temperature, before, after, read.scale];
      const json = JSON.stringify(head);
      yield new TextEncoder().encode(json);
      yield FixedClassifier.fromJSON(JSON.parse(json), { backend }).forward(x);
    }),
  };
}
