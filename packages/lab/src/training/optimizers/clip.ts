import type { Parameter } from "../parameter.js";

/**
 * Shortens the gradient, taken as one vector, to `most`, as torch.nn.utils.clip_grad_norm_ does.
 * @returns its length before
 */
export function clipGradient(parameters: readonly Parameter[], most: number): number {
  let squares = 0;
  for (const { gradient } of parameters)
    for (let i = 0; i < gradient.length; i++) squares += gradient[i] * gradient[i];
  const length = Math.sqrt(squares);
  const factor = most / (length + 1e-6);
  if (factor < 1)
    for (const { gradient } of parameters) for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
  return length;
}
