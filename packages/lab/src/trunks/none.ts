import type { TrunkKind } from "./kind.js";

/** The inputs are the features: for those that another network has made. */
export const none: TrunkKind = {
  name: "none",
  usage: "none",
  about: "the inputs are the features",
  norms: ["none"],
  async create(_, { inputShape }) {
    return {
      features: inputShape.reduce((product, size) => product * size, 1),
      parameters: [],
      variables: [],
      forward: async (inputs) => inputs,
      backward: async () => {},
      evaluate: async (inputs) => inputs.slice(),
      release: async () => {},
    };
  },
};
