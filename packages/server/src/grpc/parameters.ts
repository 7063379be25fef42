import type { Parameters } from "../inference/request.js";
import { BYTES, endOf, FIXED64, goesOn, integerOf, type Reader, skip, stringOf, VARINT } from "./wire.js";

export type Value = Parameters[string];

export const NO_PARAMETERS: Parameters = Object.freeze(Object.create(null) as Parameters);

/** One entry of a map of parameters; an entry without a value is no parameter. */
export function parameterOf(reader: Reader, outer: number): { name: string; value: Value | undefined } {
  const end = endOf(reader, outer);
  let name = "";
  let value: Value | undefined;
  while (goesOn(reader, end)) {
    const tag = reader.uint32();
    if (tag === ((1 << 3) | BYTES)) name = stringOf(reader);
    else if (tag === ((2 << 3) | BYTES)) value = choiceOf(reader, end);
    else skip(reader, tag);
  }
  return { name, value };
}

/** The choice that comes last counts, as protocol buffers want it. */
function choiceOf(reader: Reader, outer: number): Value | undefined {
  const end = endOf(reader, outer);
  let value: Value | undefined;
  while (goesOn(reader, end)) {
    const tag = reader.uint32();
    switch (tag) {
      case (1 << 3) | VARINT:
        value = reader.bool();
        break;
      case (2 << 3) | VARINT:
        value = integerOf(reader.int64());
        break;
      case (3 << 3) | BYTES:
        value = stringOf(reader);
        break;
      case (4 << 3) | FIXED64:
        value = reader.double();
        break;
      case (5 << 3) | VARINT:
        value = integerOf(reader.uint64());
        break;
      default:
        skip(reader, tag);
    }
  }
  return value;
}
