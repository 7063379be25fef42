import { writeFileSync } from "node:fs";

/** The third byte of a file, by what its values are. */
const TYPES = { uint8: 0x08, int16: 0x0b };

/**
 * Writes an IDX file: 0, 0, the type, the number of axes, the size of each axis, the values, big-endian.
 * @param {string} path
 * @param {number[]} shape
 * @param {Uint8Array | Int16Array} values
 */
export function writeIdx(path, shape, values) {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = values instanceof Uint8Array ? TYPES.uint8 : TYPES.int16;
  header[3] = shape.length;
  shape.forEach((size, axis) => {
    header.writeUInt32BE(size, 4 + 4 * axis);
  });
  const body =
    values instanceof Uint8Array
      ? values
      : Buffer.from(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength)).swap16();
  if (values.length !== shape.reduce((a, b) => a * b, 1))
    throw new RangeError(`${path}: ${values.length} values`);
  writeFileSync(path, Buffer.concat([header, body]));
}
