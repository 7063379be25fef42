import { type NumberType, wrongWidth } from "../rows.js";
import type { FeatureRows, Scored, Scorer } from "../scorer.js";
import type { FeatureColumn } from "./feature-column.js";
import type { Page } from "./pages.js";
import { damaged } from "./problem.js";

/** So many bytes of features are scored at once. */
const BLOCK_BYTES = 2 ** 21;

/** Makes rows of pages, which may end anywhere in a row, and scores them block by block. */
export class Assembler {
  readonly #table: string;
  readonly #column: FeatureColumn;
  readonly #scorer: Scorer;
  readonly #onBlock: (scored: Scored) => void;
  readonly #size: number;
  readonly #block: FeatureRows;
  #valid: Uint8Array;
  #rows = 0;
  #scoredRows = 0;
  /** Rows before this block. */
  #before: number;
  /** The row that is being read: its entries so far, −1 for none; whether one of them has no number; whether it is null. */
  #entries = -1;
  #lacks = false;
  #isNull = false;

  constructor(
    table: string,
    column: FeatureColumn,
    scorer: Scorer,
    before: number,
    onBlock: (scored: Scored) => void,
  ) {
    this.#table = table;
    this.#column = column;
    this.#scorer = scorer;
    this.#before = before;
    this.#onBlock = onBlock;
    this.#size = Math.max(1, Math.floor(BLOCK_BYTES / (4 * scorer.width)));
    this.#block = roomFor(column.number, this.#size * scorer.width);
    this.#valid = new Uint8Array(this.#size);
  }

  add({ repetition, definition, numbers }: Page): void {
    const { levels: starts } = repetition;
    const { mostDefinition, listDefinition } = this.#column;
    const width = this.#scorer.width;
    const isWhole = definition.least === mostDefinition;
    let used = 0;
    for (let entry = 0; entry < starts.length; ) {
      if (starts[entry] === 0) {
        this.#endRow();
        this.#entries = 0;
      } else if (this.#entries < 0) throw damaged(this.#table, "a column starts in the middle of a row");
      const found = starts.indexOf(0, entry + 1);
      const end = found < 0 ? starts.length : found;
      let count = end - entry;
      if (!isWhole) {
        const { levels } = definition;
        if (levels[entry] < listDefinition) {
          // The only entry of a row without a list, or with an empty one.
          this.#isNull = levels[entry] < listDefinition - 1;
          count = 0;
        } else {
          for (let k = entry; k < end; k++) {
            if (levels[k] === mostDefinition) continue;
            this.#lacks = true;
            count--;
          }
        }
      }
      const from = this.#scoredRows * width + this.#entries;
      if (!this.#lacks && this.#entries + count <= width) {
        this.#block.set(numbers.subarray(used, used + count), from);
      }
      used += count;
      this.#entries += isWhole || count > 0 || this.#lacks ? end - entry : 0;
      entry = end;
    }
  }

  /** The end of a group of rows; gives how many it had. */
  end(): number {
    this.#endRow();
    this.#flush();
    return this.#before;
  }

  #endRow(): void {
    if (this.#entries < 0) return;
    const { width } = this.#scorer;
    const row = this.#before + this.#rows;
    if (!this.#isNull && this.#entries !== width) {
      throw wrongWidth(this.#table, this.#column.name, row + 1, this.#entries, width);
    }
    const isScored = !this.#isNull && !this.#lacks;
    this.#valid[this.#rows++] = isScored ? 1 : 0;
    if (isScored) this.#scoredRows++;
    this.#entries = -1;
    this.#lacks = false;
    this.#isNull = false;
    if (this.#rows === this.#size) this.#flush();
  }

  #flush(): void {
    if (this.#rows === 0) return;
    const batch = this.#scorer.batch(this.#rows, this.#valid.subarray(0, this.#rows));
    if (this.#scoredRows > 0) batch.add(this.#block.subarray(0, this.#scoredRows * this.#scorer.width));
    this.#onBlock(batch.scored);
    this.#before += this.#rows;
    this.#rows = 0;
    this.#scoredRows = 0;
  }
}

const roomFor = (number: NumberType, length: number): FeatureRows =>
  number === "f16" ? new Uint16Array(length) : new Float32Array(length);
