import { type NumberType, wrongWidth } from "../rows.js";
import type { Batch, FeatureRows, Scored, Scorer } from "../scorer.js";
import type { FeatureColumn } from "./feature-column.js";
import { LevelRuns } from "./levels.js";
import type { Numbers, Page } from "./pages.js";
import { damaged, reading } from "./problem.js";

/** So many bytes of features are scored at once: they stay in the cache. */
const CHUNK_BYTES = 2 ** 20;

/** Scores the rows of a group, page by page. Pages may end anywhere in a row; the rows that are whole in one are scored where they lie. */
export class Assembler {
  readonly #table: string;
  readonly #column: FeatureColumn;
  readonly #width: number;
  readonly #count: number;
  /** Rows before this group. */
  readonly #before: number;
  readonly #valid: Uint8Array;
  readonly #batch: Batch;
  /** The start of a row that goes on in the next page, and how many numbers it has. */
  readonly #carry: FeatureRows;
  #carried = 0;
  #converted = new Float32Array(0);
  #rows = 0;
  /** The row that is being read: its entries so far, −1 for none; whether one of them has no number; whether it is null. */
  #entries = -1;
  #lacks = false;
  #isNull = false;
  /** Numbers of the page: how many were passed; where the row starts that is being read; which whole rows were not yet scored. */
  #numbers: Numbers = new Float32Array(0);
  #used = 0;
  #rowStart = 0;
  #from = 0;
  #to = 0;

  constructor(table: string, column: FeatureColumn, scorer: Scorer, before: number, count: number) {
    this.#table = table;
    this.#column = column;
    this.#width = scorer.width;
    this.#count = count;
    this.#before = before;
    this.#valid = new Uint8Array(count);
    this.#batch = scorer.batch(count);
    this.#carry = roomFor(column.number, scorer.width);
  }

  add({ repetition, definition, entries, numbers }: Page): void {
    this.#numbers = numbers;
    this.#used = this.#rowStart = this.#from = this.#to = 0;
    reading(this.#table, () => {
      const starts = new LevelRuns(repetition, 1, entries);
      const levels = new LevelRuns(definition, this.#column.mostDefinition, entries);
      while (starts.next()) {
        if (starts.level === 1) {
          if (this.#entries < 0) throw damaged(this.#table, "a column starts in the middle of a row");
          this.#more(starts.left, levels);
          continue;
        }
        for (let k = 0; k < starts.left; k++) {
          this.#endRow();
          this.#entries = 0;
          this.#rowStart = this.#used;
          this.#more(1, levels);
        }
      }
    });
    this.#scoreWhole();
    this.#keepStart();
  }

  /** The end of the group of rows. */
  end(): Scored {
    this.#endRow();
    if (this.#rows !== this.#count) {
      throw damaged(
        this.#table,
        `the column "${this.#column.name}" has ${this.#rows} rows in a group of ${this.#count}`,
      );
    }
    return this.#batch.scored(this.#count, this.#valid);
  }

  /** Entries of the row that is being read. */
  #more(count: number, levels: LevelRuns): void {
    const { mostDefinition, listDefinition } = this.#column;
    for (let left = count; left > 0; ) {
      if (levels.left === 0) levels.next();
      const some = Math.min(left, levels.left);
      const { level } = levels;
      levels.left -= some;
      left -= some;
      if (level >= listDefinition) {
        if (this.#isNull) throw damaged(this.#table, "a row is a list and none");
        if (level === mostDefinition) this.#used += some;
        else this.#lacks = true;
        this.#entries += some;
      } else {
        // The only entry of a row without a list, or with an empty one.
        if (this.#entries > 0 || some < count) throw damaged(this.#table, "a row is a list and none");
        this.#isNull = level < listDefinition - 1;
      }
    }
  }

  #endRow(): void {
    if (this.#entries < 0) return;
    const row = this.#before + this.#rows;
    if (!this.#isNull && this.#entries !== this.#width) {
      throw wrongWidth(this.#table, this.#column.name, row + 1, this.#entries, this.#width);
    }
    if (!this.#isNull && !this.#lacks && this.#rows < this.#count) {
      this.#valid[this.#rows] = 1;
      if (this.#carried > 0) {
        this.#keepStart();
        this.#batch.add(this.#carry);
      } else {
        // Rows that follow each other are scored together; null ones between them have no numbers.
        if (this.#rowStart !== this.#to) this.#scoreWhole();
        if (this.#from === this.#to) this.#from = this.#rowStart;
        this.#to = this.#used;
      }
    }
    this.#rows++;
    this.#entries = -1;
    this.#lacks = this.#isNull = false;
    this.#carried = 0;
  }

  #scoreWhole(): void {
    const width = this.#width;
    const many = width * Math.max(1, Math.floor(CHUNK_BYTES / (4 * width)));
    for (let at = this.#from; at < this.#to; at += many) {
      const part = this.#numbers.subarray(at, Math.min(at + many, this.#to));
      this.#batch.add(part instanceof Float64Array ? this.#rounded(part) : part);
    }
    this.#from = this.#to = 0;
  }

  #rounded(numbers: Float64Array): Float32Array {
    if (this.#converted.length < numbers.length) this.#converted = new Float32Array(numbers.length);
    this.#converted.set(numbers);
    return this.#converted.subarray(0, numbers.length);
  }

  /** What the page has of a row that it does not end: its memory is another page's next. */
  #keepStart(): void {
    if (this.#entries < 0 || this.#lacks || this.#isNull || this.#entries > this.#width) return;
    this.#carry.set(this.#numbers.subarray(this.#rowStart, this.#used), this.#carried);
    this.#carried += this.#used - this.#rowStart;
    this.#rowStart = this.#used;
  }
}

const roomFor = (number: NumberType, length: number): FeatureRows =>
  number === "f16" ? new Uint16Array(length) : new Float32Array(length);
