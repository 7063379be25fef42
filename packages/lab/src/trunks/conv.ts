import { maxPool } from "../engine/convolution.js";
import { flatten } from "../engine/operations.js";
import { Problem } from "../problem.js";
import type { TrunkKind } from "./kind.js";
import { type Layer, plain } from "./layers/layer.js";
import { normalized } from "./layers/norm.js";
import { convolutionLayer, linearLayer } from "./layers/weights.js";
import { networkTrunk } from "./network.js";

/** 3×3 convolutions, each with a normalisation, a rectifier and, as long as there are two pixels, 2×2 pooling; a linear layer to the features. */
export const conv: TrunkKind = {
  name: "conv",
  usage: "conv:32,64,64",
  about: "3×3 convolutions of so many channels with pooling, then a linear layer to the features",
  norms: ["batch", "none", "frn", "mimic"],
  sizes: { least: 1, most: 16 },
  async create(sizes, options) {
    const {
      engine,
      inputShape,
      features = 512,
      batch,
      evaluated,
      seed,
      norm = "batch",
      inputGradients,
    } = options;
    let [channels, height, width] = imageOf(inputShape);
    const layers: Layer[] = [];
    const image = [channels, height, width];
    if (inputShape.length === 2) layers.push(plain((x) => flatten(x, [x.shape[0], ...image])));
    for (const [k, size] of sizes.entries()) {
      const name = `trunk.${k}`;
      const pools = height >= 2 && width >= 2;
      layers.push(
        convolutionLayer(name, channels, size, norm !== "batch", seed),
        ...normalized(norm, name, size, pools ? [plain(maxPool)] : []),
      );
      channels = size;
      if (pools) [height, width] = [Math.floor(height / 2), Math.floor(width / 2)];
    }
    const flat = channels * height * width;
    layers.push(
      plain((x) => flatten(x, [x.shape[0], flat])),
      linearLayer(`trunk.${sizes.length}`, flat, features, seed),
    );
    return networkTrunk(engine, layers, { inputShape, batch, evaluated, inputGradients }, norm);
  },
};

function imageOf(shape: readonly number[]): readonly [channels: number, height: number, width: number] {
  if (shape.length === 3) return [shape[0], shape[1], shape[2]];
  if (shape.length === 2) return [1, shape[0], shape[1]];
  throw new Problem(
    `--trunk conv is for images, and a row here is ${shape.join(" × ")} numbers; take mlp:512,512`,
  );
}
