import type { TrunkKind } from "./kind.js";
import { mlp } from "./mlp.js";

/** One linear layer. */
export const linear: TrunkKind = {
  name: "linear",
  usage: "linear:512",
  about: "one linear layer to so many features",
  norms: ["none", "mimic"],
  sizes: { least: 1, most: 1 },
  create: mlp.create,
};
