import type { LastLayer } from "../last-layer.js";
import type { Original } from "./measure.js";

/** Of fewer rows even the share of those that agree is rough. */
const FEW = 100;
/** Rows a feature: of a ResNet-50 with 2,048 the code product:8x4 is 0.033 nats from the original by 128 rows, and 0.024 by 500. */
const PART = 1 / 8;

/** What makes the figures of a conversion say less than they seem to. */
export function warningsOf(
  { features, classNames }: LastLayer,
  { best }: Original,
  calibrationRows: number,
): string[] {
  const warnings: string[] = [];
  const all = calibrationRows + best.length;
  if (all < FEW)
    warnings.push(`only ${all} rows of calibration: what is measured is rough; give 500 and more`);
  else if (calibrationRows < PART * features)
    warnings.push(
      `${calibrationRows} rows to calibrate by are few for ${features} features: heads keep more with ${Math.ceil(PART * features)} and more`,
    );
  const [first] = best;
  if (best.every((c) => c === first)) {
    const name = classNames === null ? "" : ` (${classNames[first]})`;
    warnings.push(
      `the original's best class is ${first}${name} for all of the ${best.length} rows that heads are judged by, so nothing says what they do with other classes: give rows of all classes`,
    );
  }
  return warnings;
}
