import { InferenceError } from "../inference/errors.js";
import type { InputTensor, ModelMetadata } from "../inference/request.js";

const BYTES: Readonly<Record<string, number>> = {
  FP64: 8,
  FP32: 4,
  FP16: 2,
  BF16: 2,
  INT8: 1,
  UINT8: 1,
  INT32: 4,
  INT64: 8,
  BOOL: 1,
};

/** A raw binary request: the body is the only input of the model, in the type and shape that its metadata have, as many rows as it fills. */
export function rawInput({ name: model, inputs }: ModelMetadata, body: Buffer): InputTensor {
  if (inputs.length !== 1) {
    invalid(
      `the model "${model}" has ${inputs.length} inputs; a body without JSON is one for models of one input`,
    );
  }
  const [{ name, datatype, shape }] = inputs;
  const bytes = BYTES[datatype];
  const open = shape.filter((size) => size < 0).length;
  if (bytes === undefined || open > 1) {
    invalid(`the input "${name}" is ${datatype} [${shape.join(", ")}], whose shape bytes alone do not tell`);
  }
  const known = shape.reduce((product, size) => (size < 0 ? product : product * size), bytes);
  const rows = known === 0 ? 0 : body.length / known;
  if (!Number.isInteger(rows) || (open === 0 && rows !== 1)) {
    invalid(
      `the body has ${body.length} bytes, which are no ${datatype} [${shape.join(", ")}]: of ${known} each`,
    );
  }
  return { name, datatype, shape: shape.map((size) => (size < 0 ? rows : size)), contents: body };
}

function invalid(problem: string): never {
  throw new InferenceError("invalid", problem);
}
