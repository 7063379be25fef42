import { type Parameter, variable } from "../parameter.js";
import { beside, type CreateOptimizer, type Optimizer } from "./optimizer.js";

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Adam (Kingma and Ba, ICLR 2015) as torch.optim.Adam has it: weight decay is part of the gradient. */
export const adam: CreateOptimizer = (parameters, { weightDecay = 0 }) =>
  moments(parameters, ({ decays }) => ({ inGradient: decays ? weightDecay : 0, apart: 0 }));

/** Its two moments; weight decay goes into the gradient, or into the values apart from it, in proportion to the rate. */
export function moments(
  parameters: readonly Parameter[],
  decayOf: (parameter: Parameter) => { readonly inGradient: number; readonly apart: number },
): Optimizer {
  // A float32 counts to 2²⁴, more steps than anybody takes here.
  const steps = variable("optimizer.steps", [1]);
  const parts = parameters.map((parameter) => ({
    parameter,
    decay: decayOf(parameter),
    first: beside(parameter, "first"),
    second: beside(parameter, "second"),
  }));
  return {
    state: [steps, ...parts.flatMap(({ first, second }) => [first, second])],
    step(rate) {
      const count = ++steps.value[0];
      const corrected = rate / (1 - BETA1 ** count);
      const correction = 1 / (1 - BETA2 ** count);
      for (const { parameter, first, second, decay } of parts) {
        const kept = 1 - rate * decay.apart;
        decayed(parameter, decay.inGradient, kept);
        update(parameter, first.value, second.value, corrected, correction);
      }
    },
  };
}

/** In float64, rounded where it is kept: at the speed of JavaScript that costs nothing. */
function update(
  { value, gradient }: Parameter,
  first: Float32Array,
  second: Float32Array,
  rate: number,
  correction: number,
): void {
  for (let i = 0; i < value.length; i++) {
    const g = gradient[i];
    const m = BETA1 * first[i] + (1 - BETA1) * g;
    const v = BETA2 * second[i] + (1 - BETA2) * g * g;
    first[i] = m;
    second[i] = v;
    value[i] -= (rate * m) / (Math.sqrt(v * correction) + EPSILON);
  }
}

/** What decay does before: to the gradients, or to the values. */
function decayed({ value, gradient }: Parameter, inGradient: number, kept: number): void {
  if (inGradient !== 0) for (let i = 0; i < value.length; i++) gradient[i] += inGradient * value[i];
  if (kept !== 1) for (let i = 0; i < value.length; i++) value[i] *= kept;
}
