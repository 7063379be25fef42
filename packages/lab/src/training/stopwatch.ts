type Section = "trunk" | "head";

/** Steps that medians are of: the latest. */
const KEPT = 1024;

/** What the parts of steps took. */
export class Stopwatch {
  readonly #began = performance.now();
  readonly #times: Record<Section, number[]> = { trunk: [], head: [] };
  #current: Record<Section, number> = { trunk: 0, head: 0 };
  #at = 0;

  start(): void {
    this.#current = { trunk: 0, head: 0 };
    this.#at = performance.now();
  }

  /** What went by since the last mark was of this section. */
  mark(section: Section): void {
    const now = performance.now();
    this.#current[section] += now - this.#at;
    this.#at = now;
  }

  stop(): void {
    for (const section of ["trunk", "head"] as const) {
      const times = this.#times[section];
      times.push(this.#current[section]);
      if (times.length > KEPT) times.shift();
    }
  }

  /** Since it was made. */
  seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  /** Milliseconds; 0 where there was no step. */
  median(section: Section): number {
    return median(this.#times[section]);
  }

  medianOfAll(): number {
    const { trunk, head } = this.#times;
    return median(trunk.map((time, k) => time + head[k]));
  }
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[sorted.length >> 1];
};
