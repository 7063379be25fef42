// The trained network in the browser's own storage, for the next visit.
import * as tf from "@tensorflow/tfjs";
import { CLASSES, PIXELS } from "../data/fashion-mnist.js";
import { headOf } from "./network.js";

const ADDRESS = "indexeddb://fixed-classifier-page";

/** @returns null, or why it could not be kept */
export async function keep(network: tf.LayersModel): Promise<string | null> {
  try {
    await network.save(ADDRESS);
  } catch (error) {
    return reason(error);
  }
  // TensorFlow.js is content before the browser has written all, and is not told when that fails.
  try {
    await tf.io.getLoadHandlers(ADDRESS)[0]?.load?.();
    return null;
  } catch {
    return "the browser did not write it, its storage may be full";
  }
}

/** The network that was kept, or why there is none. */
export async function restore(): Promise<{ network: tf.LayersModel | null; problem: string | null }> {
  try {
    const network = await tf.loadLayersModel(ADDRESS);
    const fits = network.inputs[0]?.shape[1] === PIXELS && network.outputs[0]?.shape[1] === CLASSES;
    if (fits && headOf(network) !== null) return { network, problem: null };
    network.dispose();
    return { network: null, problem: "it is from another version of this page" };
  } catch (error) {
    return { network: null, problem: reason(error) };
  }
}

function reason(error: unknown): string {
  if (error instanceof DOMException && error.name === "QuotaExceededError") return "the storage is full";
  return (error instanceof Error ? error.message : String(error ?? "the browser does not say why")).replace(
    /\.$/,
    "",
  );
}
