import type { Rows } from "../execution/compute.js";
import type { Model } from "../models/model.js";
import { numbersOf } from "./contents.js";
import { InferenceError } from "./errors.js";
import type { InputTensor } from "./request.js";
import { elementsOf, fits } from "./shape.js";

const FLOAT16 = { type: "float16" } as const;
const BFLOAT16 = { type: "bfloat16" } as const;

/** The features of a request to a head, checked, in the type in which they came; FP64 is rounded to float32. */
export function featuresOf(model: Model, inputs: readonly InputTensor[]): Rows {
  const [expected] = model.inputs;
  if (inputs.length !== 1 || inputs[0].name !== expected.name) {
    const given = inputs.map(({ name }) => `"${name}"`).join(", ") || "none";
    throw new InferenceError(
      "invalid",
      `the model "${model.name}" takes one input, "${expected.name}"; given: ${given}`,
    );
  }
  const [input] = inputs;
  const elements = elementsOf(input.shape, input.name);
  if (!fits(input.shape, expected.shape)) {
    throw new InferenceError(
      "invalid",
      `input "${input.name}": the shape is [${input.shape.join(", ")}], but the model "${model.name}" takes [rows, ${expected.shape[1]}]`,
    );
  }
  const count = input.shape[0];
  const numbers = numbersOf(input, elements);
  switch (input.datatype) {
    case "FP32":
      return { features: numbers as Float32Array, count };
    case "FP64":
      return { features: Float32Array.from(numbers as Float64Array), count };
    case "FP16":
      return { features: numbers as Uint16Array, count, options: FLOAT16 };
    case "BF16":
      return { features: numbers as Uint16Array, count, options: BFLOAT16 };
    case "INT8":
      return { features: numbers as Int8Array, count, options: { featureScale: model.featureScale } };
    default:
      throw new InferenceError(
        "invalid",
        `input "${input.name}": features come as FP32, FP64, FP16, BF16 or INT8, not as ${input.datatype}`,
      );
  }
}
