import { InferenceError } from "../inference/errors.js";
import type { InferRequest, InputTensor, OutputRequest, Parameters } from "../inference/request.js";
import { TypedContents } from "./contents.js";
import { NO_PARAMETERS, parameterOf, type Value } from "./parameters.js";
import { BYTES, endOf, goesOn, integerOf, MANY, push, Reader, skip, stringOf, VARINT } from "./wire.js";

/** A ModelInferRequest as the models take it, and what only the answer needs. */
export interface DecodedRequest extends InferRequest {
  readonly id: string;
  /** Whether contents were raw; the answer's are then, too. */
  readonly isRaw: boolean;
}

/** What one input is before it is known whether contents are raw. */
interface Input {
  name: string;
  datatype: string;
  readonly shape: number[];
  typed: TypedContents | undefined;
}

/** Reads a request without a copy of its raw contents; anything that is wrong with it is an InferenceError. */
export function decodeRequest(message: Uint8Array): DecodedRequest {
  try {
    return new Decoder(message).request();
  } catch (error) {
    // RangeError is protobuf.js's for what ends too soon, Error for wire types that there are not.
    if (error instanceof InferenceError || error instanceof TypeError) throw error;
    throw new InferenceError("invalid", `the message is no ModelInferRequest: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

class Decoder {
  private readonly reader: Reader;
  private readonly inputs: Input[] = [];
  private readonly outputs: OutputRequest[] = [];
  private readonly raw: Uint8Array[] = [];
  private parameterCount = 0;

  constructor(message: Uint8Array) {
    this.reader = Reader.create(message);
  }

  request(): DecodedRequest {
    const { reader, inputs, outputs, raw } = this;
    let model = "";
    let version = "";
    let id = "";
    let parameters = NO_PARAMETERS;
    while (goesOn(reader, reader.len)) {
      const tag = reader.uint32();
      switch (tag) {
        case (1 << 3) | BYTES:
          model = stringOf(reader);
          break;
        case (2 << 3) | BYTES:
          version = stringOf(reader);
          break;
        case (3 << 3) | BYTES:
          id = stringOf(reader);
          break;
        case (4 << 3) | BYTES:
          parameters = this.withParameter(parameters, reader.len);
          break;
        case (5 << 3) | BYTES:
          push(inputs, this.input(), "inputs");
          break;
        case (6 << 3) | BYTES:
          push(outputs, this.output(), "outputs");
          break;
        case (7 << 3) | BYTES:
          push(raw, reader.bytes(), "raw contents");
          break;
        default:
          skip(reader, tag);
      }
    }
    return { model, version, id, parameters, inputs: this.tensors(), outputs, isRaw: raw.length > 0 };
  }

  private input(): Input {
    const { reader } = this;
    const end = endOf(reader, reader.len);
    const input: Input = { name: "", datatype: "", shape: [], typed: undefined };
    while (goesOn(reader, end)) {
      const tag = reader.uint32();
      switch (tag) {
        case (1 << 3) | BYTES:
          input.name = stringOf(reader);
          break;
        case (2 << 3) | BYTES:
          input.datatype = stringOf(reader);
          break;
        case (3 << 3) | VARINT:
          push(input.shape, integerOf(reader.int64()), "dimensions");
          break;
        case (3 << 3) | BYTES:
          for (const inner = endOf(reader, end); goesOn(reader, inner); ) {
            push(input.shape, integerOf(reader.int64()), "dimensions");
          }
          break;
        case (4 << 3) | BYTES:
          this.noSharedMemory(this.parameter(end).name);
          break;
        case (5 << 3) | BYTES:
          input.typed ??= new TypedContents();
          input.typed.read(reader, end);
          break;
        default:
          skip(reader, tag);
      }
    }
    return input;
  }

  private output(): OutputRequest {
    const { reader } = this;
    const end = endOf(reader, reader.len);
    let name = "";
    let classification: Value = 0;
    while (goesOn(reader, end)) {
      const tag = reader.uint32();
      if (tag === ((1 << 3) | BYTES)) name = stringOf(reader);
      else if (tag === ((2 << 3) | BYTES)) {
        const parameter = this.parameter(end);
        this.noSharedMemory(parameter.name);
        if (parameter.name === "classification") classification = parameter.value ?? 0;
      } else skip(reader, tag);
    }
    if (typeof classification !== "number") {
      throw new InferenceError(
        "invalid",
        `output "${name}": classification is ${JSON.stringify(classification)}; it must be a number of classes, in int64_param`,
      );
    }
    return { name, classification };
  }

  /** Raw contents belong to the inputs in their order, one each. */
  private tensors(): InputTensor[] {
    const { inputs, raw } = this;
    if (raw.length > 0 && raw.length !== inputs.length) {
      throw new InferenceError(
        "invalid",
        `${raw.length} raw_input_contents for ${inputs.length} inputs; there must be one each, in their order`,
      );
    }
    return inputs.map(({ name, datatype, shape, typed }, i) => {
      if (raw.length > 0) {
        if (typed === undefined || typed.isEmpty) return { name, datatype, shape, contents: raw[i] };
        throw new InferenceError(
          "invalid",
          `input "${name}" has contents, and the request raw_input_contents; use the one or the other`,
        );
      }
      const contents = (typed ?? new TypedContents()).elements(name, datatype);
      return { name, datatype, shape, contents };
    });
  }

  private withParameter(before: Parameters, end: number): Parameters {
    const { name, value } = this.parameter(end);
    if (value === undefined) return before;
    // Without a prototype, so that "__proto__" is a name as others are.
    const parameters = before === NO_PARAMETERS ? (Object.create(null) as Record<string, Value>) : before;
    (parameters as Record<string, Value>)[name] = value;
    return parameters;
  }

  private parameter(outer: number): { name: string; value: Value | undefined } {
    if (++this.parameterCount > MANY) {
      throw new InferenceError("invalid", `the request has more than ${MANY} parameters`);
    }
    return parameterOf(this.reader, outer);
  }

  /** Contents of an input that lie elsewhere cannot be had, so it must not look as if there were none. */
  private noSharedMemory(parameter: string): void {
    if (!parameter.startsWith("shared_memory_")) return;
    throw new InferenceError(
      "invalid",
      "this server has no shared memory extension; send contents in the request",
    );
  }
}
