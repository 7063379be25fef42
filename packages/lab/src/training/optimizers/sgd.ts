import type { Parameter } from "../parameter.js";
import { beside, type CreateOptimizer } from "./optimizer.js";

/** Stochastic gradient descent as torch.optim.SGD has it, by default without momentum. */
export const sgd: CreateOptimizer = (parameters, { weightDecay = 0, momentum = 0 }) => {
  const parts = parameters.map((parameter) => ({
    parameter,
    decay: parameter.decays ? weightDecay : 0,
    velocity: momentum === 0 ? null : beside(parameter, "velocity"),
  }));
  return {
    state: parts.flatMap(({ velocity }) => velocity ?? []),
    step(rate) {
      for (const { parameter, velocity, decay } of parts)
        if (velocity === null) descend(parameter, rate, decay);
        else accelerate(parameter, velocity.value, rate, decay, momentum);
    },
  };
};

function descend({ value, gradient }: Parameter, rate: number, decay: number): void {
  for (let i = 0; i < value.length; i++) value[i] -= rate * (gradient[i] + decay * value[i]);
}

function accelerate(
  { value, gradient }: Parameter,
  velocity: Float32Array,
  rate: number,
  decay: number,
  momentum: number,
): void {
  for (let i = 0; i < value.length; i++) {
    const v = momentum * velocity[i] + gradient[i] + decay * value[i];
    velocity[i] = v;
    value[i] -= rate * v;
  }
}
