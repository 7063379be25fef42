import { float16Bits } from "fixed-classifier-models/half";
import { InferenceError } from "./errors.js";
import type { InputTensor } from "./request.js";

/** The numbers of a tensor, in the array that is made for its type. 16-bit types stay bits. */
export type Numbers =
  | Float32Array
  | Float64Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Int32Array
  | BigInt64Array;

interface Type {
  readonly array: new (buffer: ArrayBufferLike, offset: number, length: number) => Numbers;
  readonly bytes: number;
  /** Makes of a number as JSON has it one of this type; undefined if it is none. Absent where numbers are taken raw only. */
  readonly of?: (value: number) => number | bigint | undefined;
}

const integer = (low: number, high: number) => (value: number) =>
  Number.isInteger(value) && value >= low && value <= high ? value : undefined;

/** What inputs may be made of. A finite number that the type can only hold as an infinity is refused, infinities as such are not. */
const TYPES: Readonly<Record<string, Type>> = {
  FP32: {
    array: Float32Array,
    bytes: 4,
    of: (value) => (Number.isFinite(value) && !Number.isFinite(Math.fround(value)) ? undefined : value),
  },
  FP64: { array: Float64Array, bytes: 8, of: (value) => value },
  FP16: {
    array: Uint16Array,
    bytes: 2,
    of: (value) => {
      const bits = float16Bits(value);
      return Number.isFinite(value) && (bits & 0x7c00) === 0x7c00 ? undefined : bits;
    },
  },
  BF16: { array: Uint16Array, bytes: 2 },
  INT8: { array: Int8Array, bytes: 1, of: integer(-128, 127) },
  UINT8: { array: Uint8Array, bytes: 1, of: integer(0, 255) },
  BOOL: { array: Uint8Array, bytes: 1, of: integer(0, 1) },
  INT32: { array: Int32Array, bytes: 4, of: integer(-(2 ** 31), 2 ** 31 - 1) },
  INT64: {
    array: BigInt64Array,
    bytes: 8,
    of: (value) => (Number.isSafeInteger(value) ? BigInt(value) : undefined),
  },
};

/** As many zeros. */
export function zeros(datatype: string, elements: number): Numbers {
  const { array, bytes } = TYPES[datatype];
  return new array(new ArrayBuffer(elements * bytes), 0, elements);
}

/** The numbers of a tensor, without a copy where its bytes lie aligned; of as many elements as its shape says. */
export function numbersOf(tensor: InputTensor, elements: number): Numbers {
  const { name, datatype, contents } = tensor;
  const type = Object.hasOwn(TYPES, datatype) ? TYPES[datatype] : undefined;
  if (type === undefined) {
    throw new InferenceError(
      "invalid",
      `input "${name}": the datatype "${datatype}" is none of ${Object.keys(TYPES).join(", ")}`,
    );
  }
  if (!(contents instanceof Uint8Array)) return parsed(tensor, type, elements);
  if (contents.length !== elements * type.bytes) {
    throw new InferenceError(
      "invalid",
      `input "${name}": ${contents.length} bytes were given, but ${elements} elements of ${datatype} are ${elements * type.bytes}`,
    );
  }
  const { buffer, byteOffset } = contents;
  if (byteOffset % type.bytes === 0) return new type.array(buffer, byteOffset, elements);
  return new type.array(new Uint8Array(contents).buffer, 0, elements);
}

function parsed({ name, datatype, contents }: InputTensor, type: Type, elements: number): Numbers {
  const { of } = type;
  if (of === undefined) {
    throw new InferenceError(
      "invalid",
      `input "${name}": ${datatype} comes as raw bytes only, in the binary data of HTTP or the raw contents of gRPC`,
    );
  }
  if (contents.length !== elements) {
    throw new InferenceError(
      "invalid",
      `input "${name}": ${contents.length} numbers were given, but its shape has ${elements} elements`,
    );
  }
  const numbers = new type.array(new ArrayBuffer(elements * type.bytes), 0, elements);
  for (let i = 0; i < elements; i++) {
    const given: unknown = contents[i];
    const value = typeof given === "number" ? of(given) : undefined;
    if (value === undefined) {
      const shown = typeof given === "number" ? given : JSON.stringify(given);
      throw new InferenceError(
        "invalid",
        `input "${name}": element ${i} is ${shown}, which is no number of ${datatype}`,
      );
    }
    numbers[i] = value;
  }
  return numbers;
}
