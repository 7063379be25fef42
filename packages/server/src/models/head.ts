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

/** In which a head is measured: enough for its code to be compiled, too little for anybody to wait. */
const MEASURED = { rows: 16, calls: 50, milliseconds: 20 };

/** What a row costs in nanoseconds. A head is built by its first call; the least of many more is what it takes when nothing else runs. */
export function costOf(head: FixedClassifier): number {
  const x = new Float32Array(MEASURED.rows * head.features).fill(1);
  const out = new Float32Array(MEASURED.rows * head.classes);
  head.forward(x.subarray(0, head.features));
  let least = Number.POSITIVE_INFINITY;
  let last = performance.now();
  const end = last + MEASURED.milliseconds;
  for (let call = 0; call === 0 || (call < MEASURED.calls && last < end); call++) {
    const start = last;
    head.forward(x, { out });
    last = performance.now();
    least = Math.min(least, last - start);
  }
  return (least * 1e6) / MEASURED.rows;
}
