/** An array of bytes of an IDX file, the format of the MNIST family. */
export interface Idx {
  /** The size of each axis. */
  readonly shape: readonly number[];
  /** The values, the last axis first to change. */
  readonly values: Uint8Array;
}

const BYTES = 8;

/**
 * Reads 0, 0, the type (8: bytes), the number of axes, the size of each as 32 bits, big-endian, and the values.
 *
 * @throws RangeError if that is not what `file` holds
 */
export function parseIdx(file: Uint8Array): Idx {
  const [zero, alsoZero, type, axes] = file;
  const header = 4 + 4 * (axes ?? 0);
  if (zero !== 0 || alsoZero !== 0 || type !== BYTES || axes === 0 || file.length < header) {
    throw new RangeError("not an IDX file of bytes");
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const shape = Array.from({ length: axes as number }, (_, axis) => view.getUint32(4 + 4 * axis));
  const values = file.subarray(header);
  const length = shape.reduce((product, size) => product * size, 1);
  if (values.length !== length) {
    throw new RangeError(
      `an IDX file of shape ${shape.join(" × ")} must hold ${length} values, not ${values.length}`,
    );
  }
  return { shape, values };
}
