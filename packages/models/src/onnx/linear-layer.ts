import { checkLayerSize } from "../layer-size.js";
import { Problem } from "../problem.js";
import { firstBadBias, firstNotFinite, transposed } from "../tensors/index.js";
import type { Constant, Constants } from "./constants.js";
import type { GraphIndex } from "./graph-index.js";
import { labelOf } from "./graph-index.js";
import type { Affine, Bias } from "./walk.js";

/** The numbers of a linear layer, all factors multiplied in. */
export interface LinearLayer {
  readonly features: number;
  readonly classes: number;
  /** Classes × features. */
  readonly weights: Float32Array;
  readonly bias: Float32Array | null;
  /** The tensors as the file names and stores them. */
  readonly source: Constant;
  readonly biasSource: string | null;
}

/** Reads the weights and the bias of a linear layer and refuses what they cannot be. */
export function readLinearLayer(
  affine: Affine,
  index: GraphIndex,
  constants: Constants,
  path: string,
): LinearLayer {
  const { product } = affine;
  refuseShared(affine, index, constants, path);
  const source = constants.load(product.weights);
  const { dims } = source;
  const matrix =
    product.layout === "pixel"
      ? dims.length > 2 && dims.slice(2).every((size) => size === 1)
      : dims.length === 2;
  if (!matrix || dims.some((size) => size === 0)) {
    throw new Problem(
      `${path}: the weights "${source.source}" of ${labelOf(product.node)} have the shape ${dims.join("×")}, and a linear layer has classes × features; name another output`,
    );
  }
  const [features, all] = product.classesFirst ? [dims[1], dims[0]] : [dims[0], dims[1]];
  const classes = Math.min(all, affine.kept ?? all);
  checkLayerSize(path, `"${source.source}" of ${labelOf(product.node)}`, features, classes);
  const whole = product.classesFirst ? source.values : transposed(source.values, features, all);
  const used = classes === all ? whole : whole.slice(0, classes * features);
  const weights = affine.factor === 1 ? used : used.map((value) => value * affine.factor);
  const wrong = firstNotFinite(weights);
  if (wrong >= 0) {
    throw new Problem(
      `${path}: the weights "${source.source}" of ${labelOf(product.node)} have ${weights[wrong]} at class ${Math.floor(wrong / features)}, ` +
        `feature ${wrong % features}; give a model whose training did not diverge`,
    );
  }
  const bias = readBias(affine, classes, all, dims.length, constants, path);
  return {
    features,
    classes,
    weights,
    bias,
    source,
    biasSource: affine.biases.length === 0 ? null : constants.load(affine.biases[0].name).source,
  };
}

function readBias(
  affine: Affine,
  classes: number,
  all: number,
  imageRank: number,
  constants: Constants,
  path: string,
): Float32Array | null {
  if (affine.biases.length === 0) return null;
  const sum = new Float32Array(classes);
  for (const { name, factor, axis } of affine.biases) {
    const { dims, values, source } = constants.load(name);
    const alongClasses = dims[classAxis(dims, axis, imageRank)];
    if (values.length !== 1 && (alongClasses !== values.length || ![classes, all].includes(values.length))) {
      throw new Problem(
        `${path}: the bias "${source}" has the shape ${dims.join("×")}, and the layer ${classes} classes; it takes one number a class`,
      );
    }
    for (let i = 0; i < classes; i++) sum[i] += factor * values[values.length === 1 ? 0 : i];
    const wrong = firstBadBias(sum);
    if (wrong >= 0) {
      throw new Problem(
        `${path}: the bias "${source}" has ${values[values.length === 1 ? 0 : wrong]} at class ${wrong}; give a model whose training did not diverge`,
      );
    }
  }
  return sum;
}

/** The axis of a bias that goes along the classes; channels have an image's axes after them. */
function classAxis(dims: readonly number[], axis: Bias["axis"], imageRank: number): number {
  if (axis === "last") return dims.length - 1;
  return axis === "channel" ? dims.length - imageRank + 1 : dims.findIndex((size) => size > 1);
}

/** Weights that something else uses too, as an embedding that is tied to the layer, cannot go with the layer. */
function refuseShared(affine: Affine, index: GraphIndex, constants: Constants, path: string): void {
  const { node, weights } = affine.product;
  const chain = index.needed([weights]);
  for (const name of constants.partsOf(weights)) {
    const other = index.usersOf(name).find((user) => user !== node && !chain.has(user));
    if (other === undefined && !index.outputs.has(name)) continue;
    const user = other === undefined ? "the model's outputs" : labelOf(other);
    throw new Problem(
      `${path}: the weights "${name}" of ${labelOf(node)} are shared with ${user}, and would stay there when the layer is replaced; untie them before the export`,
    );
  }
}
