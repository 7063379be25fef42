import type { Looked, Weights } from "../training/place.js";
import type { Evaluation, MethodResults, TestScores } from "../training/result.js";
import type { RunMethods } from "./run-methods.js";

/** What a run can do with the weights that it keeps. */
export interface Weighing {
  /** Puts them into the model. */
  read(name: Weights): void;
  /** Keeps those that are in the model. */
  write(name: Weights): void;
  evaluate(name: Weights, looked: Looked): Promise<Evaluation>;
  /** At the model as it is. */
  look(): Promise<{ validation: Evaluation["validation"]; test: TestScores }>;
}

/** What methods have to show when a run is done, by the weights of its last epoch; null where there are none. */
export async function finishMethods(
  methods: RunMethods,
  averaged: { readonly best: Looked; readonly last: Looked } | null,
  weights: Weighing,
): Promise<MethodResults | null> {
  const { average } = methods;
  const looked =
    average === null || averaged === null
      ? null
      : {
          name: average,
          best: await weights.evaluate("averaged-best", averaged.best),
          last: await weights.evaluate("averaged-last", averaged.last),
        };
  weights.read("last");
  const density = await methods.density();
  const ood = await methods.ood();
  const tuned = await tune(methods, weights);
  if (looked === null && density === null && ood.length === 0 && tuned === null) return null;
  return { averaged: looked, density, ood, tuned };
}

async function tune(methods: RunMethods, weights: Weighing): Promise<MethodResults["tuned"]> {
  const margins = await methods.tune();
  if (margins === null) return null;
  if (typeof margins === "string") return { failure: margins };
  weights.write("tuned");
  return { failure: null, margins, ...(await weights.look()), ood: await methods.ood() };
}
