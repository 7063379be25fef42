import { Problem } from "../../problem.js";
import { type ArrayPlace, arrayAt, product } from "../arrays.js";
import { type Bytes, glance, openBytes } from "../bytes.js";
import { ELEMENTS, type Element } from "../elements.js";
import { estimateOf, type Format } from "./format.js";

/** What MNIST came in: 0, 0, the type, the number of axes, the size of each axis, the values; most significant byte first. */
export const idx: Format = {
  name: "IDX file",
  endings: /(\.idx\d?|[-.]idx\d-\w+|-ubyte)$/i,
  read: async (path, { memory }) => {
    const file = openBytes(path);
    return { kind: "arrays", path, arrays: [arrayAt("", file, idxHeader(file), memory)] };
  },
  estimate: async (path, { memory }) => {
    const file = glance(path);
    const { shape, element } = idxHeader(file);
    return estimateOf(product(shape) * element.bytes, file.onDisc, memory);
  },
};

const TYPES: Readonly<Record<number, Element>> = {
  8: ELEMENTS.uint8,
  9: ELEMENTS.int8,
  11: ELEMENTS.int16,
  12: ELEMENTS.int32,
  13: ELEMENTS.float32,
  14: ELEMENTS.float64,
};

function idxHeader(file: Bytes): ArrayPlace {
  const start = file.read(0, Math.min(4, file.length));
  const element = TYPES[start[2]];
  const axes = start[3];
  const offset = 4 + 4 * axes;
  if (start.length < 4 || start[0] !== 0 || start[1] !== 0 || element === undefined || axes === 0)
    throw new Problem(
      `${file.path} is no IDX file. Its first bytes should be 0, 0, a type from 8 to 14 and the number of axes`,
    );
  if (offset > file.length) throw new Problem(`${file.path} is cut off in its header. Fetch it again`);
  const sizes = Buffer.from(file.read(4, 4 * axes));
  const shape = Array.from({ length: axes }, (_, axis) => sizes.readUInt32BE(4 * axis));
  const place = { offset, element, shape, bigEndian: true };
  const surplus = file.length - offset - product(shape) * element.bytes;
  if (surplus > 0) {
    throw new Problem(
      `${file.path} has ${surplus} bytes more than its header tells of. It is damaged or another kind of file`,
    );
  }
  return place;
}
