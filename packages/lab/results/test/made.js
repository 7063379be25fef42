// A set that was never run, and rows of it.

/** @import { KeptRow } from "../kept.js" */
/** @import { ResultSet } from "../sets.js" */

/** @type {ResultSet} */
export const SET = {
  source: { name: "made", title: "Made", origin: "here", licence: "none", place: { bundled: "" }, files: {} },
  measure: "accuracy",
  options: { trunk: "none", seeds: 3 },
  heads: { learned: {}, cosine: {}, hadamard: {}, "product:8": { trunk: "linear:8" } },
  about: "Rows that were never run.",
};

/**
 * @param {string} head
 * @param {(number | null)[]} accuracies one a seed; null: that one failed
 * @param {{ validation?: number, nll?: number, ece?: number }} [more]
 * @returns {KeptRow}
 */
export function made(head, accuracies, { validation = 0.5, nll = 1, ece = 0.02 } = {}) {
  const test = { rows: 100, top5: 1, nll: 2 * nll, ece, temperature: 2, correct: "" };
  return {
    row: `made/${head}`,
    key: "",
    options: {},
    data: {
      name: "made",
      hash: "h",
      classes: 5,
      shape: [4],
      rows: { train: 1234, validation: 10, test: 100 },
      notes: [],
    },
    environment: { lab: "", core: "", node: "20", cpu: "a CPU", platform: "p", engine: "e", backend: "b" },
    runs: accuracies.map((accuracy, seed) => ({
      seed,
      status: accuracy === null ? "failed" : "done",
      failure: accuracy === null ? "the loss became NaN" : null,
      learningRate: 1,
      best:
        accuracy === null
          ? null
          : {
              epoch: 3,
              of: 4,
              validation: { accuracy: validation, nll: 1 },
              test: { ...test, accuracy, calibrated: { nll, ece } },
            },
      seconds: 1,
    })),
    baselines: [],
    parameters: { trunk: 1, head: 2 },
    headBytes: 3,
    stepMilliseconds: { head: 1, all: 2 },
    seconds: 3,
    processorSeconds: 2.6,
  };
}
