import { deviation, mean } from "../metrics/statistics.js";
import type { MethodResults, OodResult, Results, RunResult } from "../training/result.js";

/** What methods left, a sentence a head and method: for the terminal, where the report has tables. */
export function methodLines({ runs }: Pick<Results, "runs">): string[] {
  const heads = [...new Set(runs.map(({ head }) => head))];
  return heads.flatMap((head) => {
    const own = runs.filter((run) => run.head === head && run.methods !== undefined);
    return [...averaged(own), ...strangers(own), ...tuned(own), ...density(own)].map(
      (line) => `${head}: ${line}`,
    );
  });
}

/** What runs have of a method, where they have it. */
const left = <K extends keyof MethodResults>(runs: readonly RunResult[], key: K) =>
  runs.flatMap(({ methods }) => {
    const found = methods?.[key];
    return found == null ? [] : [found as NonNullable<MethodResults[K]>];
  });

function averaged(runs: readonly RunResult[]): string[] {
  const all = left(runs, "averaged");
  if (all.length === 0) return [];
  const own = runs.flatMap(({ best }) => (best === null ? [] : [best.test.accuracy]));
  return [
    `averaged by ${all[0].name} ${percent(all.map(({ best }) => best.test.accuracy))}, the weights that were trained ${percent(own)}`,
  ];
}

const strangers = (runs: readonly RunResult[]): string[] => told(left(runs, "ood"), "");

function tuned(runs: readonly RunResult[]): string[] {
  const all = left(runs, "tuned");
  const done = all.flatMap((one) => (one.failure === null ? [one] : []));
  const failures = all.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  if (done.length === 0) return failures.slice(0, 1);
  return [
    `fine-tuned with margins ${percent(done.map(({ test }) => test.accuracy))}`,
    ...told(
      done.map(({ ood }) => ood),
      "fine-tuned, ",
    ),
    ...failures.slice(0, 1),
  ];
}

/** Each set of strangers over all runs. */
function told(all: readonly (readonly OodResult[])[], before: string): string[] {
  return (all[0] ?? []).map(({ name }, k) => {
    const area = (of: (one: OodResult) => number) => percent(all.map((sets) => of(sets[k])));
    return `${before}${name} told by energy AUROC ${area(({ energy }) => energy.auroc)}, by the largest probability ${area(({ softmax }) => softmax.auroc)}`;
  });
}

function density(runs: readonly RunResult[]): string[] {
  const all = left(runs, "density");
  if (all.length === 0) return [];
  const energy = (of: "real" | "sample") => mean(all.map(({ energies }) => energies[of])).toFixed(2);
  return [`mean energies at the end ${energy("real")} of data, ${energy("sample")} of samples`];
}

function percent(shares: readonly number[]): string {
  const spread = shares.length > 1 ? ` ± ${(100 * deviation(shares)).toFixed(2)}` : "";
  return `${(100 * mean(shares)).toFixed(2)}${spread} %`;
}
