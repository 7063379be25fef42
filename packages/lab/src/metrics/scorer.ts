/** What is kept of a row once its logits are gone. */
export interface RowScores {
  readonly labels: Int32Array;
  /** The class of the highest logit, the lowest of several. */
  readonly predicted: Int32Array;
  /** 1 where the label is among the five highest logits. */
  readonly inTop5: Uint8Array;
  /** The probability of the predicted class. */
  readonly confidence: Float64Array;
  /** The natural logarithm of the label's probability. */
  readonly logProbability: Float64Array;
  /** −T · log Σ exp(logit / T), low where the network knows the input (Liu et al., NeurIPS 2020). */
  readonly energy: Float64Array;
}

const FIRST_ROOM = 1024;

/**
 * Scores rows batch by batch, so that logits of a whole part are never in memory. Sums are float64 and run over rows in order: how rows
 * are cut into batches changes no bit.
 */
export class Scorer {
  readonly classes: number;
  readonly temperature: number;
  #rows = 0;
  #kept = emptyScores(FIRST_ROOM);

  constructor(classes: number, temperature = 1) {
    if (!(temperature > 0)) throw new RangeError(`a temperature is above 0, not ${temperature}`);
    this.classes = classes;
    this.temperature = temperature;
  }

  get rows(): number {
    return this.#rows;
  }

  /** All rows so far, in the order in which they came. */
  get scores(): RowScores {
    return cut(this.#kept, this.#rows);
  }

  /** Logits are rows × classes, one label a row. */
  add(logits: Float32Array, labels: ArrayLike<number>): void {
    const { classes } = this;
    if (logits.length !== labels.length * classes)
      throw new RangeError(`${labels.length} labels with ${logits.length} logits of ${classes} classes`);
    this.#makeRoom(this.#rows + labels.length);
    for (let row = 0; row < labels.length; row++) {
      const label = labels[row];
      if (!(label >= 0 && label < classes))
        throw new RangeError(`label ${label} is none of ${classes} classes`);
      this.#addRow(logits.subarray(row * classes, (row + 1) * classes), label);
    }
  }

  /** NaN for the NLL where a logit is NaN or infinite, which is how a run that diverged shows. */
  get summary(): { accuracy: number; nll: number } {
    const { labels, predicted, logProbability } = this.#kept;
    let right = 0;
    let sum = 0;
    for (let row = 0; row < this.#rows; row++) {
      if (predicted[row] === labels[row]) right++;
      sum -= logProbability[row];
    }
    return { accuracy: right / this.#rows, nll: sum / this.#rows };
  }

  #addRow(logits: Float32Array, label: number): void {
    const { temperature } = this;
    const own = logits[label];
    let best = 0;
    let above = 0;
    for (let k = 0; k < logits.length; k++) {
      const logit = logits[k];
      if (logit > logits[best]) best = k;
      // Among equals the lower class stands first, as in `predicted`.
      if (logit > own || (logit === own && k < label)) above++;
    }
    const highest = logits[best];
    let sum = 0;
    for (let k = 0; k < logits.length; k++) sum += Math.exp((logits[k] - highest) / temperature);
    const row = this.#rows++;
    const kept = this.#kept;
    kept.labels[row] = label;
    kept.predicted[row] = best;
    kept.inTop5[row] = above < 5 ? 1 : 0;
    kept.confidence[row] = 1 / sum;
    kept.logProbability[row] = (own - highest) / temperature - Math.log(sum);
    kept.energy[row] = -highest - temperature * Math.log(sum);
  }

  #makeRoom(rows: number): void {
    if (rows <= this.#kept.labels.length) return;
    const grown = emptyScores(Math.max(rows, 2 * this.#kept.labels.length));
    for (const name of Object.keys(grown) as (keyof RowScores)[]) grown[name].set(this.#kept[name]);
    this.#kept = grown;
  }
}

const emptyScores = (rows: number): RowScores => ({
  labels: new Int32Array(rows),
  predicted: new Int32Array(rows),
  inTop5: new Uint8Array(rows),
  confidence: new Float64Array(rows),
  logProbability: new Float64Array(rows),
  energy: new Float64Array(rows),
});

const cut = (scores: RowScores, rows: number): RowScores => ({
  labels: scores.labels.subarray(0, rows),
  predicted: scores.predicted.subarray(0, rows),
  inTop5: scores.inTop5.subarray(0, rows),
  confidence: scores.confidence.subarray(0, rows),
  logProbability: scores.logProbability.subarray(0, rows),
  energy: scores.energy.subarray(0, rows),
});
