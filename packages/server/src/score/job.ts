import type { LabelBytes } from "./labels.js";
import type { Added } from "./quantities.js";
import type { Scorer } from "./scorer.js";

/** What is to be done with a table. */
export interface Job {
  readonly scorer: Scorer;
  readonly added: readonly Added[];
  readonly labels: LabelBytes;
  /** The column of features, where it is not the only one that can be. */
  readonly features: string | undefined;
  /** Bytes that may be held at once. */
  readonly memory: number;
  onRows(rows: number, position: number, size: number | undefined): void;
}
