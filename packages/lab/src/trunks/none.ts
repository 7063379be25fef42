import type { TrunkKind } from "./kind.js";

/** The inputs are the features: for those that another network has made. */
export const none: TrunkKind = {
  name: "none",
  usage: "none",
  about: "the inputs are the features",
  norms: ["none"],
  async create(_, { inputShape, batch, inputGradients = false }) {
    const features = inputShape.reduce((product, size) => product * size, 1);
    const inputGradient = new Float32Array(inputGradients ? batch * features : 0);
    return {
      features,
      parameters: [],
      variables: [],
      forward: async (inputs) => inputs,
      async backward(gradient) {
        if (inputGradients) inputGradient.set(gradient);
      },
      ...(inputGradients && { inputGradient }),
      evaluate: async (inputs) => inputs.slice(),
      release: async () => {},
    };
  },
};
