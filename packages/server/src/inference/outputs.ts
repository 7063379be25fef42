import type { Computed, Want } from "../execution/compute.js";
import type { Model, OutputName } from "../models/model.js";
import { classification } from "./classification.js";
import { InferenceError } from "./errors.js";
import type { OutputRequest, OutputTensor } from "./request.js";

/** What a request wants, checked; all outputs of the model where it names none. */
export function wantsOf(model: Model, outputs: readonly OutputRequest[]): Want[] {
  if (outputs.length === 0) return model.outputs.map(({ name }) => ({ of: name, k: 0 }));
  return outputs.map(({ name, classification: k }, i) => {
    if (!model.outputs.some((output) => output.name === name)) {
      const names = model.outputs.map((output) => output.name).join(", ");
      throw new InferenceError("invalid", `the model "${model.name}" has no output "${name}", but ${names}`);
    }
    for (let before = 0; before < i; before++) {
      if (outputs[before].name === name) {
        throw new InferenceError("invalid", `output "${name}" is asked for twice`);
      }
    }
    if (!Number.isSafeInteger(k) || k < 0) {
      throw new InferenceError(
        "invalid",
        `output "${name}": classification is ${k}; it must be a number of classes from 1, or 0 for none`,
      );
    }
    return { of: name as OutputName, k: Math.min(k, model.head.classes) };
  });
}

/** A line of a classification is a string, which takes as long to make as so many bytes of numbers. */
const LINE_BYTES = 256;

/** Refuses, before anything is computed, what would be answered by more than the memory holds: with many classes a small request can ask for it. */
export function checkAnswer(
  { name, head }: Model,
  rows: number,
  wants: readonly Want[],
  mostBytes: number,
): void {
  let rowBytes = 0;
  for (const { k } of wants) rowBytes += k > 0 ? k * LINE_BYTES : head.classes * 4;
  if (rows * rowBytes <= mostBytes) return;
  throw new InferenceError(
    "too-large",
    `the answer of the model "${name}" to ${rows} rows would have ${rows * rowBytes} bytes, of ${mostBytes} at most; send ${Math.floor(mostBytes / rowBytes)} rows at once, ask for fewer outputs, or for fewer classes by classification`,
  );
}

/** What was computed, as the answer has it. */
export function tensorsOf(
  model: Model,
  rows: number,
  wants: readonly Want[],
  computed: readonly Computed[],
): OutputTensor[] {
  return wants.map(({ of, k }, i) => {
    const { values, classes } = computed[i];
    if (classes === undefined) {
      return { name: of, datatype: "FP32", shape: [rows, model.head.classes], contents: values };
    }
    const contents = classification(values, classes, model.labels);
    return { name: of, datatype: "BYTES", shape: [rows, k], contents };
  });
}
