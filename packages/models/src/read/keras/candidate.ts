import { Problem } from "../../problem.js";
import type { CandidateOf, Floats } from "../candidate.js";
import { type Layer, spatialAxes } from "./topology.js";

/** A layer with its tensors, checked against each other; the kernel has a column a class. */
export function denseOf<F extends Pick<Floats, "name" | "shape">>(
  layer: Layer,
  kernel: F,
  bias: F | null,
  place: string,
): CandidateOf<F> {
  const spatial = spatialAxes(layer);
  const { shape, name } = kernel;
  if (shape.length !== spatial + 2 || shape.slice(0, spatial).some((size) => size !== 1))
    throw new Problem(
      `${place}: ${name} has the shape [${shape.join(", ")}], which is none of a ${layer.kind} of one pixel`,
    );
  const [features, classes] = shape.slice(spatial);
  const units = layer.config.units ?? layer.config.filters;
  if (typeof units === "number" && units !== classes)
    throw new Problem(
      `${place}: ${name} has ${classes} classes, by its configuration the layer "${layer.name}" has ${units}`,
    );
  if (bias !== null && (bias.shape.length !== 1 || bias.shape[0] !== classes))
    throw new Problem(
      `${place}: ${bias.name} has the shape [${bias.shape.join(", ")}], ${name} has ${classes} classes`,
    );
  return { name: layer.name, classes, features, weights: kernel, classesFirst: false, bias };
}
