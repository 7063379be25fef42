import type { Addon, Kernels } from "./addon.js";

type Names<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T];

/** How many arguments the functions read that this JavaScript calls. */
export const NEEDED: {
  readonly module: Readonly<Record<Names<Addon>, number>>;
  readonly kernels: Readonly<Record<Names<Kernels>, number>>;
} = {
  module: { misalignment: 2, create: 2, run: 1, runForward: 2, runRotation: 1 },
  kernels: {
    fwht: 4,
    plan: 4,
    columns: 5,
    planColumns: 5,
    decodeFloat16: 2,
    decodeBfloat16: 2,
    decodeInt8: 2,
    encodeFloat16: 2,
    encodeBfloat16: 2,
    factor: 2,
    head: 10,
    nearestRows: 4,
    signedRowsHead: 8,
    forward: 5,
    tryForward: 5,
    planForward: 4,
    logSumExp: 6,
    probabilities: 5,
    chosenProbabilities: 6,
    topK: 7,
    backward: 10,
    lossAndGradient: 19,
    rotation: 6,
    rotate: 3,
    planRotation: 3,
    forwardAsync: 6,
  },
};

/** A function that an addon does not have as {@link NEEDED} says, such as `kernels.forward`; undefined if it has all. */
export function functionAmiss({ arities }: Partial<Addon>): string | undefined {
  const of = (group: keyof typeof NEEDED): string | undefined =>
    Object.entries(NEEDED[group])
      .filter(([name, arity]) => arities?.[group]?.[name] !== arity)
      .map(([name]) => `${group}.${name}`)[0];
  return of("module") ?? of("kernels");
}
