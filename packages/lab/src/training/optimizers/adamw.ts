import { moments } from "./adam.js";
import type { CreateOptimizer } from "./optimizer.js";

/** Adam with weight decay apart from the gradient (Loshchilov and Hutter, ICLR 2019), as torch.optim.AdamW has it. */
export const adamw: CreateOptimizer = (parameters, { weightDecay = 0.01 }) =>
  moments(parameters, ({ decays }) => ({ inGradient: 0, apart: decays ? weightDecay : 0 }));
