import { parentPort } from "node:worker_threads";
import { FixedClassifier } from "fixed-classifier";
import { type Computed, compute } from "./compute.js";
import type { Task, Told } from "./task.js";

/** So many heads are kept built: those used last. */
const KEPT = 8;

const heads = new Map<number, FixedClassifier>();

/** The same head as on the event loop, made of the same file: the same bits. */
function headOf({ id, bytes }: Task["head"]): FixedClassifier {
  const head = heads.get(id) ?? FixedClassifier.fromSafetensors(new Uint8Array(bytes));
  // A map keeps the order in which keys were put in, so the first is the one not used for longest.
  heads.delete(id);
  heads.set(id, head);
  if (heads.size > KEPT) heads.delete(heads.keys().next().value as number);
  return head;
}

const port = parentPort as NonNullable<typeof parentPort>;
const tell = (told: Told, transfer: ArrayBuffer[] = []) => port.postMessage(told, transfer);

port.on("message", ({ head, rows, wants }: Task) => {
  const start = performance.now();
  let computed: Computed[];
  try {
    computed = compute(headOf(head), rows, wants);
  } catch (error) {
    return tell({ error: (error as Error).message });
  }
  const arrays = computed.flatMap(({ values, classes }) => (classes ? [values, classes] : [values]));
  tell({ computed, seconds: (performance.now() - start) / 1000 }, [
    ...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer)),
  ]);
});

tell({ isUp: true });
