/** TensorFlow.js as Node.js loads it, where src/tensorflow/tfjs.ts is for bundlers. */
export * from "@tensorflow/tfjs-core";
export * from "@tensorflow/tfjs-layers";
