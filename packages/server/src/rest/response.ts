import { BYTES_A_FLOAT, writeFloats } from "../inference/floats.js";
import { outputBytes } from "../inference/output-bytes.js";
import type { InferResponse, OutputTensor } from "../inference/request.js";
import type { RequestHead } from "./request.js";

/** Which outputs come as bytes behind the JSON, and the id to send back. */
export interface Form extends Pick<RequestHead, "id" | "isBinary" | "isBinaryByDefault"> {
  /** The last answer of this form that was bytes alone: the next has the same JSON, if its tensors are of the same shape. */
  last?: { readonly response: InferResponse; readonly text: string };
}

/** An answer: text and numbers that become JSON one after the other, then bytes as they are. */
export interface Encoded {
  readonly json: readonly (string | Float32Array)[];
  readonly binary: readonly Uint8Array[];
  readonly isBinary: boolean;
}

/** So many numbers become JSON at a time where an answer is written in parts. */
const PART = 2 ** 14;

export function encode(response: InferResponse, form: Form): Encoded {
  const { last } = form;
  if (last !== undefined && isAlike(last.response, response)) {
    return {
      json: [last.text],
      binary: response.outputs.map(({ contents }) => outputBytes(contents)),
      isBinary: true,
    };
  }
  const { model, version, outputs } = response;
  const { id } = form;
  const json: (string | Float32Array)[] = [];
  const binary: Uint8Array[] = [];
  let isAnyBinary = false;
  let text = `{"model_name":${quote(model)},"model_version":${quote(version)},`;
  if (id !== undefined) text += `"id":${quote(id)},`;
  text += '"outputs":[';
  for (let i = 0; i < outputs.length; i++) {
    const { name, datatype, shape, contents } = outputs[i];
    text += `${i > 0 ? "," : ""}{"name":${quote(name)},"datatype":"${datatype}","shape":[${shape}],`;
    const isBinary = form.isBinary.length > 0 ? form.isBinary[i] : form.isBinaryByDefault;
    if (isBinary) {
      const bytes = outputBytes(contents);
      text += `"parameters":{"binary_data_size":${bytes.byteLength}}}`;
      binary.push(bytes);
      isAnyBinary = true;
    } else if (contents instanceof Float32Array) {
      json.push(`${text}"data":[`, contents);
      text = "]}";
    } else {
      text += `"data":${JSON.stringify(contents)}}`;
    }
  }
  text += "]}";
  json.push(text);
  if (isAnyBinary && id === undefined && binary.length === outputs.length && outputs.every(isFloat32)) {
    form.last = { response: withoutContents(response), text };
  }
  return { json, binary, isBinary: isAnyBinary };
}

const isFloat32 = ({ datatype }: OutputTensor) => datatype === "FP32";

const NONE = new Float32Array(0);

/** What is remembered must not hold the numbers. */
function withoutContents(response: InferResponse): InferResponse {
  return { ...response, outputs: response.outputs.map((output) => ({ ...output, contents: NONE })) };
}

function isAlike(one: InferResponse, other: InferResponse): boolean {
  if (one.model !== other.model || one.version !== other.version) return false;
  if (one.outputs.length !== other.outputs.length) return false;
  for (let i = 0; i < one.outputs.length; i++) {
    const [first, second] = [one.outputs[i], other.outputs[i]];
    if (first.name !== second.name || first.datatype !== second.datatype) return false;
    if (first.shape.length !== second.shape.length) return false;
    for (let axis = 0; axis < first.shape.length; axis++) {
      if (first.shape[axis] !== second.shape[axis]) return false;
    }
  }
  return true;
}

/** The most bytes that the JSON takes. */
export function jsonBound({ json }: Encoded): number {
  let bound = 0;
  for (const part of json) bound += part.length * (typeof part === "string" ? 3 : BYTES_A_FLOAT);
  return bound;
}

/** Writes the JSON and returns where it ends. */
export function writeJson(target: Buffer, json: Encoded["json"]): number {
  let position = 0;
  for (const part of json) {
    position =
      typeof part === "string"
        ? position + target.write(part, position)
        : writeFloats(target, position, part);
  }
  return position;
}

/** The JSON in parts, of which none is large. */
export function* jsonParts({ json }: Encoded): Generator<Buffer> {
  for (const part of json) {
    if (typeof part === "string") {
      yield Buffer.from(part);
      continue;
    }
    for (let start = 0; start < part.length; start += PART) {
      const numbers = part.subarray(start, start + PART);
      const target = Buffer.allocUnsafe(numbers.length * BYTES_A_FLOAT + 1);
      if (start > 0) target[0] = 0x2c;
      const from = start > 0 ? 1 : 0;
      yield target.subarray(0, writeFloats(target, from, numbers));
    }
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}
