import { Problem } from "../../problem.js";
import { arrayAt, product } from "../arrays.js";
import { type Bytes, glance, openBytes } from "../bytes.js";
import { ELEMENTS, type Element } from "../elements.js";
import { estimateOf, type Format } from "./format.js";

/** Tensors under names: the length of a header in eight bytes, the header in JSON, the values. Read as strictly as its authors do. */
export const safetensors: Format = {
  name: "safetensors file",
  endings: /\.safetensors$/i,
  read: async (path, { memory }) => {
    const file = openBytes(path);
    const arrays = headerOf(file).tensors.map(({ name, ...place }) => arrayAt(name, file, place, memory));
    return { kind: "arrays", path, arrays };
  },
  estimate: async (path, { memory }) => {
    const file = glance(path);
    const parts = headerOf(file).tensors.map(({ shape, element }) =>
      estimateOf(product(shape) * element.bytes, file.onDisc, memory),
    );
    return parts.reduce((a, b) => ({ memory: a.memory + b.memory, disc: a.disc + b.disc }), {
      memory: 0,
      disc: 0,
    });
  },
};

const TYPES: Readonly<Record<string, Element>> = {
  BOOL: ELEMENTS.bool,
  U8: ELEMENTS.uint8,
  I8: ELEMENTS.int8,
  U16: ELEMENTS.uint16,
  I16: ELEMENTS.int16,
  U32: ELEMENTS.uint32,
  I32: ELEMENTS.int32,
  U64: ELEMENTS.uint64,
  I64: ELEMENTS.int64,
  F16: ELEMENTS.float16,
  BF16: ELEMENTS.bfloat16,
  F32: ELEMENTS.float32,
  F64: ELEMENTS.float64,
};

/** The limit of the format. */
const LONGEST_HEADER = 100_000_000;

/** What a file says of itself: its texts by name, and its tensors in their order. */
export interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly Tensor[];
}

interface Tensor {
  readonly name: string;
  readonly element: Element;
  readonly shape: readonly number[];
  readonly offset: number;
}

export function headerOf(file: Bytes): Header {
  const { path } = file;
  const damaged = (what: string): Problem =>
    new Problem(`${path} is cut off or no safetensors file: ${what}. Save or fetch it again`);
  if (file.length < 8) throw damaged("it has less than 8 bytes");
  const length = Number(Buffer.from(file.read(0, 8)).readBigUInt64LE());
  if (length > LONGEST_HEADER || 8 + length > file.length)
    throw damaged(`its header should be ${length} bytes long`);
  const header = parsed(Buffer.from(file.read(8, length)).toString("utf8"));
  if (header === null) throw damaged("its header is no JSON object");
  const start = 8 + length;
  const tensors: (Tensor & { end: number })[] = [];
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!areTexts(metadata)) throw damaged("its __metadata__ is no object of texts");
  for (const [name, entry] of Object.entries(entries)) {
    if (!isEntry(entry)) throw damaged(`${name} has no type, shape and place`);
    const { dtype, shape, data_offsets: offsets } = entry;
    const element = TYPES[dtype];
    if (element === undefined)
      throw new Problem(
        `${path}: ${name} is of type ${dtype}, which cannot be read. Convert it to F32 or F16`,
      );
    const [from, to] = offsets;
    if (to - from !== product(shape) * element.bytes)
      throw damaged(`${name} has a place that is not its size`);
    tensors.push({ name, element, shape, offset: start + from, end: start + to });
  }
  tensors.sort((a, b) => a.offset - b.offset || a.end - b.end);
  const end = tensors.reduce((at, tensor) => {
    if (tensor.offset !== at) throw damaged(`${tensor.name} does not start where the tensor before it ends`);
    return tensor.end;
  }, start);
  if (end !== file.length) throw damaged(`its tensors end at byte ${end} and the file at ${file.length}`);
  return { metadata, tensors };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const areTexts = (value: unknown): value is Record<string, string> =>
  typeof value === "object" &&
  value !== null &&
  Object.values(value).every((text) => typeof text === "string");

const areCounts = (values: unknown): values is number[] =>
  Array.isArray(values) && values.every((value) => Number.isSafeInteger(value) && value >= 0);

function isEntry(entry: unknown): entry is Entry {
  if (typeof entry !== "object" || entry === null) return false;
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  return typeof dtype === "string" && areCounts(shape) && areCounts(offsets) && offsets.length === 2;
}
