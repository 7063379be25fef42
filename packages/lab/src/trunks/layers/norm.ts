/** What stands between the layers of weights: a normalisation and what makes it not linear. */
import { relu } from "../../engine/operations.js";
import type { Norm } from "../kind.js";
import { batchLayer } from "./batch.js";
import { filterResponseLayer, thresholdLayer } from "./filter-response.js";
import { type Layer, plain } from "./layer.js";

/**
 * @param name of the layer of weights before
 * @param pooling stands before the rectifier: the largest of what is above zero is what is above zero of the largest, and that is a
 * quarter of the work
 */
export function normalized(
  norm: Norm,
  name: string,
  channels: number,
  pooling: readonly Layer[] = [],
): Layer[] {
  if (norm === "frn")
    return [
      filterResponseLayer(`${name}.norm`, channels),
      ...pooling,
      thresholdLayer(`${name}.norm`, channels),
    ];
  const before = norm === "batch" ? [batchLayer(`${name}.norm`, channels)] : [];
  return [...before, ...pooling, plain(relu)];
}
