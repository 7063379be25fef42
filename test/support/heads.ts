/** Heads and their float64 counterparts. */

import { type Backend, FixedClassifier, type FixedClassifierOptions } from "../../lib/index.js";
import { isNormalised, unitOf } from "../../lib/table.js";
import { reference as js } from "./backends.js";
import { floats } from "./random.js";
import type * as reference from "./reference.js";
import { tableVectors } from "./tables.js";

export interface HeadCase extends FixedClassifierOptions {
  code: NonNullable<FixedClassifierOptions["code"]>;
  rows: number;
}

/** A head with a bias that is not zero. */
export function createHead(options: FixedClassifierOptions, backend: Backend): FixedClassifier {
  const head = new FixedClassifier({ ...options, backend });
  head.bias?.set(floats(head.classes, 77));
  return head;
}

/** A head on plain TypeScript, where the backend does not matter. */
export const createOnJs = (options: FixedClassifierOptions): FixedClassifier =>
  new FixedClassifier({ backend: js, ...options });

/** The float64 counterpart of a head. */
export function referenceOf({ code: { table }, scale, bias }: FixedClassifier): reference.Head {
  return { vectors: tableVectors(table), unit: unitOf(table), normalised: isNormalised(table), scale, bias };
}

export function rowsOf<T extends Float32Array | Float64Array>(x: T, width: number): T[] {
  return Array.from({ length: x.length / width }, (_, r) => x.subarray(r * width, (r + 1) * width) as T);
}
