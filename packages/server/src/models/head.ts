import { extname } from "node:path";
import { FixedClassifier } from "fixed-classifier";
import { Problem } from "fixed-classifier-models/files";
import { labelsIn } from "./labels.js";

/** A head and the names of classes that its file has. */
export function readHead(path: string, bytes: Buffer): { head: FixedClassifier; labels: string[] } {
  try {
    if (extname(path) === ".json") {
      return { head: FixedClassifier.fromJSON(JSON.parse(bytes.toString())), labels: [] };
    }
    const head = FixedClassifier.fromSafetensors(bytes);
    return { head, labels: labelsIn(bytes, head.classes) };
  } catch (error) {
    throw new Problem(`${path} is no head: ${(error as Error).message}`, { cause: error });
  }
}

/** Its file in memory that threads see. */
export function sharedFile(head: FixedClassifier): SharedArrayBuffer {
  const bytes = head.toSafetensors();
  const copy = new SharedArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

/** What a row costs in nanoseconds. A head is built by its first call; the least of a few more is what it takes when nothing else runs. */
export function costOf(head: FixedClassifier): number {
  const row = new Float32Array(head.features).fill(1);
  head.forward(row);
  let least = Number.POSITIVE_INFINITY;
  for (let call = 0; call < 5; call++) {
    const start = process.hrtime.bigint();
    head.forward(row);
    least = Math.min(least, Number(process.hrtime.bigint() - start));
  }
  return least;
}
