import type { Random } from "../../random.js";
import type { EnergyModel } from "./model.js";

export interface LangevinOptions {
  readonly steps: number;
  readonly stepSize: number;
  /** Standard deviation. */
  readonly noise: number;
}

/**
 * Stochastic gradient Langevin dynamics (Welling and Teh, ICML 2011): x ← x − stepSize · ∂E/∂x + noise · N(0, 1), in place. Step size and
 * noise are chosen apart from each other, as all do who train with it.
 */
export async function descend(
  model: EnergyModel,
  x: Float32Array,
  { steps, stepSize, noise }: LangevinOptions,
  random: Random,
): Promise<void> {
  const restore = model.keepStatistics();
  for (let k = 0; k < steps; k++) {
    await model.step(x, random, (rows) => new Float64Array(rows).fill(1));
    const gradient = model.inputGradient;
    const jitter = random.normals(x.length, noise);
    for (let i = 0; i < x.length; i++) x[i] += jitter[i] - stepSize * gradient[i];
  }
  restore();
}
