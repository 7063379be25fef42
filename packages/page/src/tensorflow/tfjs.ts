/**
 * The parts of TensorFlow.js that the page has, in place of the package `@tensorflow/tfjs` with its loaders and its WebGL: so the
 * layer of fixed-classifier/tfjs brings half as much with it.
 */
import "@tensorflow/tfjs-core/dist/register_all_gradients";

export * from "@tensorflow/tfjs-core";
export * from "@tensorflow/tfjs-layers";
