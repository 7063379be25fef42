import { flatten } from "../engine/operations.js";
import type { TrunkKind } from "./kind.js";
import { type Layer, plain } from "./layers/layer.js";
import { normalized } from "./layers/norm.js";
import { linearLayer } from "./layers/weights.js";
import { networkTrunk } from "./network.js";

/**
 * A multilayer perceptron: a rectifier between two layers and none before the head, which would leave it features without signs. The last
 * number is the head's features.
 */
export const mlp: TrunkKind = {
  name: "mlp",
  usage: "mlp:512,512",
  about: "linear layers of so many units with rectifiers between; the last gives the features",
  norms: ["none", "batch", "frn", "mimic"],
  sizes: { least: 1, most: 16 },
  async create(sizes, { engine, inputShape, batch, evaluated, seed, norm = "none", inputGradients }) {
    let width = inputShape.reduce((product, size) => product * size, 1);
    const inputs = width;
    const layers: Layer[] = [];
    if (inputShape.length !== 1) layers.push(plain((x) => flatten(x, [x.shape[0], inputs])));
    for (const [k, size] of sizes.entries()) {
      layers.push(linearLayer(`trunk.${k}`, width, size, seed));
      if (k < sizes.length - 1) layers.push(...normalized(norm, `trunk.${k}`, size));
      width = size;
    }
    return networkTrunk(engine, layers, { inputShape, batch, evaluated, inputGradients }, norm);
  },
};
