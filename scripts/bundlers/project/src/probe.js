import { backend, FixedClassifier, fwht } from "fixed-classifier";

/** What a program is told of the package: the backend that was chosen, and the bits of a head and of a transform. */
export function probe() {
  const head = new FixedClassifier({ features: 64, classes: 100 });
  const x = Float32Array.from({ length: 2 * 64 }, (_, i) => ((i * 37) % 101) / 101);
  const logits = head.forward(x);
  fwht(x, { rowLength: 64 });
  let bits = 0;
  for (const { buffer, byteOffset, length } of [logits, x]) {
    for (const word of new Uint32Array(buffer, byteOffset, length)) bits = (Math.imul(bits, 31) + word) >>> 0;
  }
  return {
    backend: backend.name,
    instructionSet: backend.instructionSet,
    bits: bits.toString(16).padStart(8, "0"),
    failures: backend.failures.map(({ error }) => error.message),
  };
}
