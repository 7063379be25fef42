import { InferenceError } from "../inference/errors.js";
import {
  BYTES,
  endOf,
  FIXED32,
  FIXED64,
  goesOn,
  integerOf,
  Malformed,
  type Reader,
  skip,
  VARINT,
} from "./wire.js";

/** A field of InferTensorContents. */
interface Field {
  readonly name: string;
  /** The wire type of an element that stands alone. */
  readonly wire: number;
  /** The bytes of an element that lies on the wire as in memory. */
  readonly size?: number;
  readonly read?: (reader: Reader) => number;
}

/** By number. */
const FIELDS: readonly (Field | undefined)[] = [
  undefined,
  { name: "bool_contents", wire: VARINT, read: (reader) => Number(reader.bool()) },
  { name: "int_contents", wire: VARINT, read: (reader) => reader.int32() },
  { name: "int64_contents", wire: VARINT, read: (reader) => integerOf(reader.int64()) },
  { name: "uint_contents", wire: VARINT, read: (reader) => reader.uint32() },
  { name: "uint64_contents", wire: VARINT, read: (reader) => integerOf(reader.uint64()) },
  { name: "fp32_contents", wire: FIXED32, size: 4 },
  { name: "fp64_contents", wire: FIXED64, size: 8 },
  { name: "bytes_contents", wire: BYTES },
];

const FIELD_OF: ReadonlyMap<string, string> = new Map([
  ["BOOL", "bool_contents"],
  ["INT8", "int_contents"],
  ["INT16", "int_contents"],
  ["INT32", "int_contents"],
  ["INT64", "int64_contents"],
  ["UINT8", "uint_contents"],
  ["UINT16", "uint_contents"],
  ["UINT32", "uint_contents"],
  ["UINT64", "uint64_contents"],
  ["FP32", "fp32_contents"],
  ["FP64", "fp64_contents"],
  ["BYTES", "bytes_contents"],
]);

const NOTHING = new Uint8Array(0);

/** The typed contents of one input. Lists come packed or one by one, and a message may come in parts: what is read is added to what was. */
export class TypedContents {
  private field: Field | undefined;
  private bytes = NOTHING;
  private numbers: Float64Array | undefined;
  private length = 0;

  get isEmpty(): boolean {
    return this.field === undefined;
  }

  read(reader: Reader, outer: number): void {
    const end = endOf(reader, outer);
    while (goesOn(reader, end)) {
      const tag = reader.uint32();
      const field = FIELDS[tag >>> 3];
      const wire = tag & 7;
      if (field === undefined || (wire !== field.wire && wire !== BYTES)) {
        skip(reader, tag);
      } else if (wire === field.wire) {
        this.begin(field);
        if (field.read !== undefined) this.addNumber(field.read(reader));
        else if (field.size !== undefined) this.addBytes(reader, field.size, end);
        else reader.skipType(wire);
      } else {
        this.readPacked(reader, field, end);
      }
    }
  }

  /** As the models take them: bytes where they lie in memory as on the wire. */
  elements(input: string, datatype: string): Uint8Array | Float64Array {
    if (this.field === undefined) return NOTHING;
    const expected = FIELD_OF.get(datatype);
    if (expected === undefined) {
      const way =
        datatype === "FP16" || datatype === "BF16" ? "comes in raw_input_contents only" : "is unknown";
      throw new InferenceError("invalid", `input "${input}": the datatype "${datatype}" ${way}`);
    }
    if (this.field.name !== expected) {
      throw new InferenceError(
        "invalid",
        `input "${input}": ${datatype} comes in ${expected}, not in ${this.field.name}`,
      );
    }
    return this.numbers?.subarray(0, this.length) ?? this.bytes.subarray(0, this.length);
  }

  private readPacked(reader: Reader, field: Field, outer: number): void {
    const end = endOf(reader, outer);
    if (end === reader.pos) return;
    this.begin(field);
    if (field.read === undefined) {
      const length = end - reader.pos;
      if (length % (field.size ?? 1) !== 0) {
        throw new Malformed(`${length} bytes of ${field.name} are no whole elements`);
      }
      this.addBytes(reader, length, end);
    } else {
      while (goesOn(reader, end)) this.addNumber(field.read(reader));
    }
  }

  private begin(field: Field): void {
    if (this.field !== undefined && this.field !== field) {
      throw new InferenceError(
        "invalid",
        `one input has elements in ${this.field.name} and in ${field.name}; they belong in the one field of its datatype`,
      );
    }
    this.field = field;
  }

  /** The first bytes stay where they are, which is all there are of a packed list. */
  private addBytes(reader: Reader, length: number, end: number): void {
    const from = reader.pos;
    if (from + length > end) throw new Malformed("a field is longer than the message it is in");
    reader.pos += length;
    const added = reader.buf.subarray(from, from + length);
    if (this.length === 0) this.bytes = added as Uint8Array<ArrayBuffer>;
    else {
      if (this.length + length > this.bytes.length || this.bytes.buffer === reader.buf.buffer) {
        const grown = new Uint8Array(2 * (this.length + length));
        grown.set(this.bytes.subarray(0, this.length));
        this.bytes = grown;
      }
      this.bytes.set(added, this.length);
    }
    this.length += length;
  }

  /** Into float64, which holds every integer that can be told exactly. */
  private addNumber(value: number): void {
    this.numbers ??= new Float64Array(256);
    if (this.length === this.numbers.length) {
      const grown = new Float64Array(2 * this.length);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    this.numbers[this.length++] = value;
  }
}
