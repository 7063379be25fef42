/** The optimisers there are: another one is a file and a line here. */
import { Problem } from "../../problem.js";
import type { Parameter } from "../parameter.js";
import { adam } from "./adam.js";
import { adamw } from "./adamw.js";
import type { CreateOptimizer, Optimizer, OptimizerOptions } from "./optimizer.js";
import { sgd } from "./sgd.js";

export { clipGradient } from "./clip.js";
export type { Optimizer, OptimizerOptions } from "./optimizer.js";

const CREATE: Readonly<Record<string, CreateOptimizer>> = { adam, adamw, sgd };

export const OPTIMIZERS: readonly string[] = Object.keys(CREATE);

export function createOptimizer(
  name: string,
  parameters: readonly Parameter[],
  options: OptimizerOptions = {},
): Optimizer {
  if (!Object.hasOwn(CREATE, name))
    throw new Problem(`--optimizer ${name}: there is no such optimiser; take ${OPTIMIZERS.join(", ")}`);
  if (name !== "sgd" && options.momentum !== undefined)
    throw new Problem(`--momentum goes with --optimizer sgd; ${name} has moments of its own`);
  return CREATE[name](parameters, options);
}
