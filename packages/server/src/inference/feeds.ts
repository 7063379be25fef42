import type { Feed } from "../models/backbone.js";
import type { Model } from "../models/model.js";
import { numbersOf } from "./contents.js";
import { InferenceError } from "./errors.js";
import type { InputTensor } from "./request.js";
import { elementsOf, fits } from "./shape.js";

/** The inputs of a request to a backbone, checked: each that it has, once, all of as many rows. */
export function feedsOf(model: Model, inputs: readonly InputTensor[]): { feeds: Feed[]; count: number } {
  const feeds = model.inputs.map((expected): Feed => {
    const [input, ...more] = inputs.filter(({ name }) => name === expected.name);
    if (input === undefined || more.length > 0) {
      const what = input === undefined ? "is missing" : "is given twice";
      throw new InferenceError("invalid", `input "${expected.name}" of the model "${model.name}" ${what}`);
    }
    const { name, datatype, shape } = input;
    if (datatype !== expected.datatype) {
      throw new InferenceError(
        "invalid",
        `input "${name}" is ${datatype}, but the model "${model.name}" takes ${expected.datatype}`,
      );
    }
    const elements = elementsOf(shape, name);
    if (!fits(shape, expected.shape)) {
      throw new InferenceError(
        "invalid",
        `input "${name}": the shape is [${shape.join(", ")}], but the model "${model.name}" takes [${expected.shape.join(", ")}], −1 for any size`,
      );
    }
    return { name, datatype, shape, numbers: numbersOf(input, elements) };
  });
  const unknown = inputs.find(({ name }) => !model.inputs.some((expected) => expected.name === name));
  if (unknown !== undefined) {
    const names = model.inputs.map(({ name }) => `"${name}"`).join(", ");
    throw new InferenceError(
      "invalid",
      `the model "${model.name}" has no input "${unknown.name}", but ${names}`,
    );
  }
  const count = feeds[0].shape[0];
  const other = feeds.find(({ shape }) => shape[0] !== count);
  if (other !== undefined) {
    throw new InferenceError(
      "invalid",
      `input "${other.name}" has ${other.shape[0]} rows, but "${feeds[0].name}" has ${count}`,
    );
  }
  return { feeds, count };
}
