import type { Random } from "../../random.js";
import type { Parameter } from "../../training/parameter.js";
import type { Trunk } from "../../trunks/trunk.js";
import type { Average } from "./average.js";
import { recomputeStatistics } from "./statistics.js";

/** Does some work, an evaluation say, with averaged weights and statistics that fit them, and puts back those that training goes on with. */
export async function withAveraged<T>(
  average: Average,
  { parameters, trunk }: { readonly parameters: readonly Parameter[]; readonly trunk: Trunk },
  {
    batches,
    noiseOf,
  }: { readonly batches: Iterable<Float32Array>; readonly noiseOf: (batch: number) => Random },
  work: () => Promise<T>,
): Promise<T | null> {
  const averaged = average.averaged();
  if (averaged === null) return null;
  const kept = [...parameters, ...trunk.variables].map(({ value }) => ({ value, copy: value.slice() }));
  try {
    for (const { name, value } of parameters) value.set(averaged.get(name) ?? value);
    await recomputeStatistics(trunk, batches, noiseOf);
    return await work();
  } finally {
    for (const { value, copy } of kept) value.set(copy);
  }
}
