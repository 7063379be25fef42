import type { TransformBackend } from "./backends/backend.js";

/** A cache line, and the widest register. */
const ALIGNMENT = 64;

/** A kind of typed array. */
export interface ArrayType<A> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): A;
  new (buffer: ArrayBuffer, offset: number, length: number): A;
}

/** An array of zeros that starts where that makes the kernels of a backend faster. */
export function aligned<A>(Type: ArrayType<A>, length: number, { misalignment }: TransformBackend): A {
  if (misalignment === undefined) return new Type(length);
  const buffer = new ArrayBuffer(length * Type.BYTES_PER_ELEMENT + ALIGNMENT);
  const over = misalignment(new Uint8Array(buffer), ALIGNMENT);
  return new Type(buffer, (ALIGNMENT - over) % ALIGNMENT, length);
}
