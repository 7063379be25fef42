import { type Inputs, type Layout, type Part, sizeOf } from "../data/index.js";
import type { InputView } from "../methods/mapper/file.js";
import type { Laid, Others, Prepared } from "../methods/prepare.js";
import { Random } from "../random.js";
import type { Batch, Source } from "./source.js";

/** Rows that are evaluated at a time. */
const EVALUATED = 1024;

/**
 * Rows of a data set. An epoch takes whole batches: what is left over waits for the next one, whose order is another. Fewer rows than a batch
 * are one batch.
 */
export class RowSource implements Source {
  readonly name: string;
  readonly hash: string;
  readonly classes: readonly string[];
  readonly layout: Layout;
  readonly shape: readonly number[];
  readonly steps = null;
  readonly bias = null;
  readonly words = null;
  readonly batch: number;
  readonly stepsAnEpoch: number;
  readonly rows: Source["rows"];
  readonly others: Others;
  readonly view: InputView | null;
  readonly #dataset: Laid;
  readonly #seed: number;
  readonly #current: Batch;
  #epoch = -1;
  #order: Int32Array = new Int32Array(0);

  constructor(
    dataset: Laid,
    batch: number,
    seed: number,
    { others, view }: Pick<Prepared, "others" | "view"> = { others: { sets: [], tune: null }, view: null },
  ) {
    const { train, validation, test } = dataset;
    this.name = dataset.name;
    this.hash = dataset.hash;
    this.classes = dataset.classes;
    this.layout = dataset.layout;
    this.shape = train.inputs.shape;
    this.rows = {
      train: train.labels.length,
      validation: validation.labels.length,
      test: test.labels.length,
    };
    this.batch = Math.min(batch, this.rows.train);
    this.stepsAnEpoch = Math.floor(this.rows.train / this.batch);
    this.others = others;
    this.view = view;
    this.#dataset = dataset;
    this.#seed = seed;
    this.#current = {
      inputs: new Float32Array(this.batch * sizeOf(train.inputs)),
      labels: new Int32Array(this.batch),
    };
  }

  at(epoch: number, step: number): Batch {
    const { inputs: from, labels: known } = this.#dataset.train;
    if (epoch !== this.#epoch) {
      this.#order = new Random(this.#seed, "order", epoch).permutation(known.length);
      this.#epoch = epoch;
    }
    const rows = this.#order.subarray(step * this.batch, (step + 1) * this.batch);
    const { inputs, labels } = this.#current;
    from.gather(rows, inputs);
    for (let row = 0; row < rows.length; row++) labels[row] = known[rows[row]];
    return this.#current;
  }

  training(): Iterable<Batch> {
    return inOrder(this.#dataset.train);
  }

  validation(): Iterable<Batch> {
    return inOrder(this.#dataset.validation);
  }

  test(): Iterable<Batch> {
    return inOrder(this.#dataset.test);
  }
}

/** Rows of a part with their labels. */
export function* inOrder({ inputs, labels }: Part): Generator<Batch> {
  let first = 0;
  for (const some of rowsInOrder(inputs)) {
    const end = Math.min(first + EVALUATED, inputs.rows);
    yield { inputs: some, labels: labels.subarray(first, end) };
    first = end;
  }
}

/** Inputs, some rows at a time; the next ones are written over them. */
export function* rowsInOrder(inputs: Inputs): Generator<Float32Array> {
  const size = sizeOf(inputs);
  const values = new Float32Array(Math.min(EVALUATED, inputs.rows) * size);
  for (let first = 0; first < inputs.rows; first += EVALUATED) {
    const end = Math.min(first + EVALUATED, inputs.rows);
    const rows = Int32Array.from({ length: end - first }, (_, k) => first + k);
    const some = values.subarray(0, rows.length * size);
    inputs.gather(rows, some);
    yield some;
  }
}
