import { Command, InvalidArgumentError, Option } from "commander";
import { HEADS } from "./network.js";

/** @import { BackendName } from "fixed-classifier" */

/**
 * @param {string[]} argv
 * @returns {{ heads: string[], epochs: number, seeds: number, backend?: BackendName }}
 */
export function readOptions(argv) {
  return new Command("npm start --")
    .description("Trains the same network on Fashion-MNIST with a learned and with a fixed last layer.")
    .option("--heads <list>", `heads to compare, of ${Object.keys(HEADS).join(", ")}`, heads, [
      "learned",
      "hadamard",
    ])
    .option("--epochs <number>", "passes over the training images", integer(1, 1000), 10)
    .option("--seeds <number>", "repetitions, each with another seed", integer(1, 100), 1)
    .addOption(
      new Option("--backend <name>", "what the fixed heads run on; default: the fastest that loads").choices([
        "native",
        "wasm",
        "js",
      ]),
    )
    .allowExcessArguments(false)
    .parse(argv)
    .opts();
}

/** @param {string} list */
function heads(list) {
  const names = list.split(",");
  for (const name of names) {
    if (!Object.hasOwn(HEADS, name)) {
      throw new InvalidArgumentError(`"${name}" is none of ${Object.keys(HEADS).join(", ")}.`);
    }
  }
  return [...new Set(names)];
}

/** @type {(min: number, max: number) => (text: string) => number} */
const integer = (min, max) => (text) => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < min || value > max) {
    throw new InvalidArgumentError(`It must be an integer from ${min} to ${max}.`);
  }
  return value;
};
