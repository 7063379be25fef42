import type { CrossEntropy } from "../backend.js";
import type { Engine } from "./engine.js";

/** The size in bytes of the structure CrossEntropy of assembly/table.ts. */
export const LOSS_BYTES = 72;

/** Where the arrays of a loss are in the memory, each with a slice of the rows. */
interface LossAddresses {
  readonly labelsAt: number;
  readonly targetsAt: number;
  readonly classWeightsAt: number;
  readonly rowWeightsAt: number;
}

/** Describes a loss to the kernels. */
export function writeLoss(
  { f64, i32 }: Engine,
  address: number,
  { labels, targets, classWeights, labelSmoothing, sumOfClassWeights, margin }: CrossEntropy,
  { labelsAt, targetsAt, classWeightsAt, rowWeightsAt }: LossAddresses,
): void {
  const { cosine = 0, cosOfAngle = 1, sinOfAngle = 0, beyond = 0 } = margin ?? {};
  const numbers = [labelSmoothing, sumOfClassWeights, cosine, cosOfAngle, sinOfAngle, beyond];
  f64.set(numbers, address / f64.BYTES_PER_ELEMENT);
  i32.set(
    [
      Number(margin !== null),
      labels === null ? 0 : labelsAt,
      targets === null ? 0 : targetsAt,
      classWeights === null ? 0 : classWeightsAt,
      rowWeightsAt,
    ],
    (address + numbers.length * f64.BYTES_PER_ELEMENT) / i32.BYTES_PER_ELEMENT,
  );
}
