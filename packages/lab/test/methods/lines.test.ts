import { expect, test } from "vitest";
import { methodLines } from "../../src/methods/lines.js";
import type { MethodResults, OodResult, RunResult } from "../../src/training/result.js";
import { madeResults } from "../support/results.js";

const scores = (auroc: number) => ({ auroc, aupr: 0.5, fpr95: 0.5 });
const ood = (energy: number, softmax: number): OodResult => ({
  name: "boots",
  rows: { inside: 9, outside: 9 },
  temperature: 1,
  meanEnergy: { inside: -9, outside: -1 },
  energy: scores(energy),
  softmax: scores(softmax),
  lengths: null,
});
const NONE: MethodResults = { averaged: null, ood: [], tuned: null, density: null };

/** One head with two seeds that reach 0.8 and 0.9. */
function runs(methodsOf: (run: RunResult, k: number) => MethodResults | undefined): RunResult[] {
  const made = madeResults({ classes: 3, heads: ["hadamard"], seeds: 2 }).runs;
  return made.map((run, k) => {
    if (run.best === null) throw new Error("a made run is done");
    const best = { ...run.best, test: { ...run.best.test, accuracy: 0.8 + 0.1 * k } };
    const methods = methodsOf({ ...run, best }, k);
    return { ...run, best, ...(methods !== undefined && { methods }) };
  });
}

test("without methods there is nothing to say", () => {
  expect(methodLines({ runs: runs(() => undefined) })).toEqual([]);
});

test("averages are told beside the weights that were trained", () => {
  const of = ({ best }: RunResult, k: number): MethodResults => {
    if (best === null) throw new Error("a made run is done");
    const better = { ...best, test: { ...best.test, accuracy: 0.9 + 0.02 * k } };
    return { ...NONE, averaged: { name: "pswa:10", best: better, last: better } };
  };
  expect(methodLines({ runs: runs(of) })).toEqual([
    "hadamard: averaged by pswa:10 91.00 ± 1.41 %, the weights that were trained 85.00 ± 7.07 %",
  ]);
});

test("strangers, what fine-tuning changed, why it failed, and energies of a density", () => {
  const failure = "the energies of other rows are the wrong way round";
  const of = ({ best }: RunResult, k: number): MethodResults => {
    if (best === null) throw new Error("a made run is done");
    const done = {
      failure: null,
      margins: { inside: -9, outside: -1 },
      validation: best.validation,
      test: { ...best.test, accuracy: 0.75 },
      ood: [ood(0.95, 0.85)],
    };
    return {
      ...NONE,
      ood: [ood(0.9, 0.8 + 0.1 * k)],
      tuned: k === 0 ? done : { failure },
      density: { energies: { real: -4, sample: -3 }, pictures: null },
    };
  };
  expect(methodLines({ runs: runs(of) })).toEqual([
    "hadamard: boots told by energy AUROC 90.00 ± 0.00 %, by the largest probability 85.00 ± 7.07 %",
    "hadamard: fine-tuned with margins 75.00 %",
    "hadamard: fine-tuned, boots told by energy AUROC 95.00 %, by the largest probability 85.00 %",
    `hadamard: ${failure}`,
    "hadamard: mean energies at the end -4.00 of data, -3.00 of samples",
  ]);
});
