import type { Parameter, Variable } from "../parameter.js";

/** What changes parameters by their gradients. */
export interface Optimizer {
  step(rate: number): void;
  /** What it goes on from: once these have their old values, the next step is the one that was next then, bit for bit. */
  readonly state: readonly Variable[];
}

export interface OptimizerOptions {
  /** Of those parameters that decay. */
  readonly weightDecay?: number;
  readonly momentum?: number;
}

export type CreateOptimizer = (parameters: readonly Parameter[], options: OptimizerOptions) => Optimizer;

/** A number for each of a parameter, from 0, under its name. */
export const beside = ({ name, shape, value }: Parameter, what: string): Variable => ({
  name: `optimizer.${name}.${what}`,
  shape,
  value: new Float32Array(value.length),
});
