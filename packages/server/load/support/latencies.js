/** Times of requests in milliseconds, as many as come. */
export class Latencies {
  #times = new Float64Array(1 << 16);
  #count = 0;

  add(milliseconds) {
    if (this.#count === this.#times.length) {
      const grown = new Float64Array(2 * this.#count);
      grown.set(this.#times);
      this.#times = grown;
    }
    this.#times[this.#count++] = milliseconds;
  }

  get count() {
    return this.#count;
  }

  /** The time below which this part of all requests stayed. */
  quantiles(...parts) {
    const sorted = this.#times.subarray(0, this.#count).slice().sort();
    return parts.map((part) => sorted[Math.min(this.#count - 1, Math.floor(part * this.#count))]);
  }
}
