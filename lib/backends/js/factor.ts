import { bitAt, bitWords } from "../../hadamard/bits.js";
import type { KroneckerFactor } from "../../hadamard/factor.js";
import type { TransformArray } from "../backend.js";

/** Columns of B are taken in groups of this many. */
const GROUP = 4;
/** Signed sums of a group, up to the sign of its first element. */
const SUMS = 8;

interface Stage {
  /** For every row of B and group: the sum that it takes, and whether it subtracts it. */
  readonly sums: Uint8Array;
  readonly subtract: Uint8Array;
  /** Scratch of the type of the array, for storing rounds. */
  readonly scratch: Map<unknown, { inputs: TransformArray; sums: TransformArray; y: TransformArray }>;
}

const stages = new WeakMap<Uint32Array, Stage>();

/**
 * The stage of B at stride L: x_r ← Σ_k B[r][k] · x_k over the b elements that are L apart, in the order of
 * docs/numerics.md ("The transform: orders b·2^m").
 */
export function factorStage(x: TransformArray, start: number, stride: number, factor: KroneckerFactor): void {
  const { order: b } = factor;
  const { sums: which, subtract, scratch } = stageOf(factor);
  const { inputs, sums, y } = scratchOf(scratch, x, b);
  const groups = b / GROUP;
  for (let j = start; j < start + stride; j++) {
    for (let k = 0; k < b; k++) inputs[k] = x[j + k * stride] as number;
    for (let g = 0; g < groups; g++) signedSums(inputs, g * GROUP, sums, g * SUMS);
    for (let r = 0; r < b; r++) {
      const at = r * groups;
      y[r] = sums[which[at] as number] as number;
      for (let g = 1; g < groups; g++) {
        const sum = sums[g * SUMS + (which[at + g] as number)] as number;
        y[r] = subtract[at + g] === 1 ? (y[r] as number) - sum : (y[r] as number) + sum;
      }
    }
    for (let r = 0; r < b; r++) x[j + r * stride] = y[r] as number;
  }
}

/** (x0 ± x1) ± (x2 ± x3): bits 0, 1 and 2 of the index are the signs in this order. */
function signedSums(x: TransformArray, at: number, out: TransformArray, to: number): void {
  const [x0, x1, x2, x3] = [x[at], x[at + 1], x[at + 2], x[at + 3]] as unknown as number[] as [
    number,
    number,
    number,
    number,
  ];
  for (let index = 0; index < SUMS; index++) {
    // Every store rounds; the last slot of the group is free until its turn.
    out[to + index] = index & 4 ? x2 - x3 : x2 + x3;
    const second = out[to + index] as number;
    out[to + index] = index & 1 ? x0 - x1 : x0 + x1;
    const first = out[to + index] as number;
    out[to + index] = index & 2 ? first - second : first + second;
  }
}

function stageOf({ order: b, signs }: KroneckerFactor): Stage {
  const known = stages.get(signs);
  if (known) return known;
  const bit = (r: number, k: number): number => bitAt(signs, r * bitWords(b), k);
  const groups = b / GROUP;
  const sums = new Uint8Array(b * groups);
  const subtract = new Uint8Array(b * groups);
  for (let r = 0; r < b; r++) {
    for (let g = 0; g < groups; g++) {
      const [s0, s1, s2, s3] = [0, 1, 2, 3].map((i) => bit(r, g * GROUP + i)) as [
        number,
        number,
        number,
        number,
      ];
      sums[r * groups + g] = (s0 ^ s1) | ((s0 ^ s2) << 1) | ((s2 ^ s3) << 2);
      subtract[r * groups + g] = s0;
    }
  }
  const stage = { sums, subtract, scratch: new Map() };
  stages.set(signs, stage);
  return stage;
}

function scratchOf(scratch: Stage["scratch"], x: TransformArray, b: number) {
  const Type = x.constructor as Float32ArrayConstructor;
  let arrays = scratch.get(Type);
  if (arrays === undefined) {
    arrays = { inputs: new Type(b), sums: new Type((b / GROUP) * SUMS), y: new Type(b) };
    scratch.set(Type, arrays);
  }
  return arrays;
}
