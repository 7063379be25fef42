import { createHash } from "node:crypto";
import { product } from "./arrays.js";
import type { Floats } from "./elements.js";
import type { Rows } from "./inputs.js";

/** SHA-256 of what is fed to it piece by piece: equal data have equal hashes, whatever format they came in. */
export class Digest {
  readonly #hash = createHash("sha256");

  numbers(values: Int32Array | Uint32Array | Floats): void {
    this.#hash.update(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  }

  /** With its length before it, so that "ab", "c" is not "a", "bc". */
  text(text: string): void {
    this.#hash.update(`${Buffer.byteLength(text)}:${text}`);
  }

  hex(): string {
    return this.#hash.digest("hex");
  }
}

/** Values of about a million bytes at a time: float32, or float64 as tables have them. */
export function* chunksOf(
  inputs: Rows,
  wide: boolean,
): Generator<{ readonly first: number; readonly rows: number; readonly values: Floats }> {
  const size = product(inputs.shape);
  const most = Math.max(1, Math.floor(2 ** 18 / Math.max(1, size)));
  const buffer = new (wide ? Float64Array : Float32Array)(Math.min(most, inputs.rows) * size);
  for (let first = 0; first < inputs.rows; first += most) {
    const rows = Math.min(most, inputs.rows - first);
    const values = buffer.subarray(0, rows * size);
    inputs.gather(
      Int32Array.from({ length: rows }, (_, i) => first + i),
      values,
    );
    yield { first, rows, values };
  }
}
