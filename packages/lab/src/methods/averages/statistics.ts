import type { Random } from "../../random.js";
import type { Trunk } from "../../trunks/trunk.js";

/**
 * Running statistics anew, for weights that no batch has gone through: the plain mean of those of some batches. A trunk takes a share of
 * each batch's into the running ones; from zero, what one batch leaves is this share of its own. How large the share is shows the
 * difference that starting from one makes. What does not follow this rule is left as it was. A recurrent trunk has no such statistics.
 */
export async function recomputeStatistics(
  trunk: Trunk,
  batches: Iterable<Float32Array>,
  noiseOf: (batch: number) => Random,
): Promise<void> {
  if (trunk.variables.length === 0 || trunk.restart !== undefined) return;
  const before = trunk.variables.map(({ value }) => value.slice());
  const sums = trunk.variables.map(({ value }) => new Float64Array(value.length));
  let shares: (number | null)[] = [];
  let count = 0;
  for (const batch of batches) {
    const found = await statisticsFrom(trunk, 0, batch, noiseOf(count));
    if (count === 0) {
      const fromOne = await statisticsFrom(trunk, 1, batch, noiseOf(count));
      shares = found.map((zero, k) => shareTaken(zero, fromOne[k]));
    }
    found.forEach((values, k) => {
      for (let i = 0; i < values.length; i++) sums[k][i] += values[i];
    });
    count++;
  }
  trunk.variables.forEach(({ value }, k) => {
    const share = shares[k] ?? null;
    if (share === null) value.set(before[k]);
    else for (let i = 0; i < value.length; i++) value[i] = sums[k][i] / (share * count);
  });
}

async function statisticsFrom(
  trunk: Trunk,
  start: number,
  batch: Float32Array,
  noise: Random,
): Promise<Float32Array[]> {
  for (const { value } of trunk.variables) value.fill(start);
  await trunk.forward(batch, noise);
  return trunk.variables.map(({ value }) => value.slice());
}

/** 1 − (fromOne − fromZero), taken where rounding disturbs it least; null where there is no such share. */
function shareTaken(fromZero: Float32Array, fromOne: Float32Array): number | null {
  const least = fromZero.reduce((best, x, i) => (Math.abs(x) < Math.abs(fromZero[best]) ? i : best), 0);
  const shares = fromZero.map((x, i) => 1 - (fromOne[i] - x));
  const share = shares[least];
  const agrees = shares.every((other, i) => Math.abs(other - share) < 1e-3 + 1e-5 * Math.abs(fromZero[i]));
  return agrees && share > 1e-4 && share <= 1 ? share : null;
}
