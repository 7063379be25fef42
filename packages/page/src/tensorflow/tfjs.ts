/**
 * The parts of TensorFlow.js that the page has, in place of the package `@tensorflow/tfjs` with its loaders and its WebGL: so the
 * layer of fixed-classifier/tfjs brings half as much with it. The layers bring the gradients of all operations.
 */
export * from "@tensorflow/tfjs-core";
export * from "@tensorflow/tfjs-layers";
