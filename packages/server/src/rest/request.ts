import { InferenceError } from "../inference/errors.js";
import type { InputTensor, OutputRequest } from "../inference/request.js";
import { type Json, JsonReader } from "./json/reader.js";
import { type JsonTensor, MOST_DIMENSIONS, readTensor } from "./json/tensor.js";

/** What a request says beside its tensors' bytes. */
export interface RequestHead {
  readonly id: string | undefined;
  readonly inputs: readonly InputHead[];
  readonly outputs: readonly OutputRequest[];
  /** By output as they are named: whether it comes back as bytes. */
  readonly isBinary: readonly boolean[];
  /** The same of outputs that nobody named. */
  readonly isBinaryByDefault: boolean;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

export interface InputHead {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** The numbers of the JSON; absent where they come as bytes behind it. */
  readonly tensor: JsonTensor | undefined;
  readonly binarySize: number;
}

interface OutputHead {
  readonly name: string;
  readonly classification: number;
  readonly isBinary: boolean | undefined;
}

/** The JSON of an inference request. Keys that the protocol does not know are passed over, as its extensions need it. */
export function readRequest(json: Buffer): RequestHead {
  const reader = new JsonReader(json);
  let id: string | undefined;
  let inputs: InputHead[] | undefined;
  const outputs: OutputHead[] = [];
  let parameters: Parameters = {};
  reader.object("the request", (key) => {
    if (key === "id") id = reader.string("id");
    else if (key === "parameters") parameters = readParameters(reader, "parameters");
    else if (key === "inputs") {
      const list: InputHead[] = [];
      inputs = list;
      reader.array("inputs", (i) => list.push(readInput(reader, `inputs[${i}]`)));
    } else if (key === "outputs") {
      reader.array("outputs", (i) => outputs.push(readOutput(reader, `outputs[${i}]`)));
    } else reader.value(key);
  });
  reader.finish();
  if (inputs === undefined || inputs.length === 0) invalid("the request has no inputs");
  const { binary_data_output: isBinaryByDefault = false, ...others } = parameters;
  if (typeof isBinaryByDefault !== "boolean") invalid("parameters.binary_data_output must be true or false");
  return {
    id,
    inputs,
    outputs: outputs.map(({ name, classification }) => ({ name, classification })),
    isBinary: outputs.map(({ isBinary }) => isBinary ?? isBinaryByDefault),
    isBinaryByDefault,
    parameters: others,
  };
}

function readInput(reader: JsonReader, what: string): InputHead {
  let name: string | undefined;
  let datatype: string | undefined;
  let shape: number[] | undefined;
  let parameters: Parameters = {};
  let tensor: JsonTensor | undefined;
  reader.object(what, (key) => {
    if (key === "name") name = reader.string(`${what}.name`);
    else if (key === "datatype") datatype = reader.string(`${what}.datatype`);
    else if (key === "shape") shape = readShape(reader, `${what}.shape`);
    else if (key === "parameters") parameters = readParameters(reader, `${what}.parameters`);
    else if (key === "data") {
      tensor = readTensor(reader, `${what}.data`, datatype === "FP32", shape && elements(shape));
    } else reader.value(`${what}.${key}`);
  });
  if (name === undefined) missing(what, "name");
  if (datatype === undefined) missing(what, "datatype");
  if (shape === undefined) missing(what, "shape");
  refuseSharedMemory(what, parameters);

  const size = parameters.binary_data_size;
  if (size !== undefined && (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)) {
    invalid(`${what}.parameters.binary_data_size must be a number of bytes`);
  }
  if (tensor === undefined) {
    if (size === undefined) invalid(`${what} has neither data nor parameters.binary_data_size`);
    return { name, datatype, shape, tensor, binarySize: size };
  }
  if (size !== undefined)
    invalid(`${what} has both data and parameters.binary_data_size; one of them must go`);
  checkShape(what, shape, tensor);
  return { name, datatype, shape, tensor, binarySize: 0 };
}

/** The shape must be how the data is nested, or the data flat. */
function checkShape(what: string, shape: readonly number[], { values, nesting }: JsonTensor): void {
  const expected = elements(shape);
  if (values.length !== expected) {
    invalid(
      `${what}.data has ${values.length} elements, but the shape [${shape.join(", ")}] has ${expected}`,
    );
  }
  if (nesting.length > 1 && nesting.join() !== shape.join()) {
    invalid(`${what}.data is nested as [${nesting.join(", ")}], but its shape is [${shape.join(", ")}]`);
  }
}

function readShape(reader: JsonReader, what: string): number[] {
  const shape: number[] = [];
  reader.array(what, () => {
    if (shape.length === MOST_DIMENSIONS) reader.fail(`${what} has more than ${MOST_DIMENSIONS} dimensions`);
    const size = reader.number(what);
    if (!Number.isSafeInteger(size) || size < 0) reader.fail(`${what} must be integers from 0`);
    shape.push(size);
  });
  return shape;
}

function readOutput(reader: JsonReader, what: string): OutputHead {
  let name: string | undefined;
  let parameters: Parameters = {};
  reader.object(what, (key) => {
    if (key === "name") name = reader.string(`${what}.name`);
    else if (key === "parameters") parameters = readParameters(reader, `${what}.parameters`);
    else reader.value(`${what}.${key}`);
  });
  if (name === undefined) missing(what, "name");
  refuseSharedMemory(what, parameters);
  const { binary_data: isBinary, classification = 0 } = parameters;
  if (isBinary !== undefined && typeof isBinary !== "boolean") {
    invalid(`${what}.parameters.binary_data must be true or false`);
  }
  if (typeof classification !== "number" || !Number.isSafeInteger(classification) || classification < 0) {
    invalid(`${what}.parameters.classification must be a number of classes`);
  }
  return { name, classification, isBinary };
}

type Parameters = Record<string, string | number | boolean>;

function readParameters(reader: JsonReader, what: string): Parameters {
  const parameters: [string, string | number | boolean][] = [];
  reader.object(what, (key) => {
    const value: Json = reader.value(`${what}.${key}`);
    if (value === null || typeof value === "object") {
      reader.fail(`${what}.${key} must be a string, a number, true or false`);
    }
    parameters.push([key, value]);
  });
  return Object.fromEntries(parameters);
}

function refuseSharedMemory(what: string, parameters: Parameters): void {
  if (parameters.shared_memory_region === undefined) return;
  invalid(`${what} lies in shared memory, which this server does not read; send it as binary data`);
}

/** The inputs, those of bytes out of what follows the JSON: one after the other, and nothing else. */
export function inputsOf(head: RequestHead, binary: Buffer): InputTensor[] {
  let position = 0;
  const inputs = head.inputs.map(({ name, datatype, shape, tensor, binarySize }): InputTensor => {
    if (tensor !== undefined) return { name, datatype, shape, contents: contentsOf(name, datatype, tensor) };
    const end = position + binarySize;
    if (end > binary.length) {
      invalid(
        `input "${name}": binary_data_size is ${binarySize}, but of the body ${binary.length - position} bytes are left; Inference-Header-Content-Length says where the JSON ends`,
      );
    }
    const contents = binary.subarray(position, end);
    position = end;
    return { name, datatype, shape, contents };
  });
  if (position < binary.length) {
    invalid(`${binary.length - position} bytes of the body belong to no input`);
  }
  return inputs;
}

/** Float32 are what FP32 has as raw bytes: nothing is left to be checked of each number. */
function contentsOf(name: string, datatype: string, { values }: JsonTensor): InputTensor["contents"] {
  if (datatype !== "FP32") return values;
  const singles = values instanceof Float32Array ? values : singlesOf(name, values);
  return new Uint8Array(singles.buffer, singles.byteOffset, singles.byteLength);
}

/** Of a tensor whose datatype stood behind its data. */
function singlesOf(name: string, values: Float64Array): Float32Array {
  const singles = Float32Array.from(values);
  const i = values.findIndex((value, at) => Number.isFinite(value) && !Number.isFinite(singles[at]));
  if (i >= 0) invalid(`input "${name}": ${values[i]} is too large for FP32`);
  return singles;
}

/** Too many to count is no number that data could have. */
function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function missing(what: string, key: string): never {
  return invalid(`${what} has no ${key}`);
}

function invalid(problem: string): never {
  throw new InferenceError("invalid", problem);
}
