interface Value {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** A histogram whose observation is a search in a short array and three additions: prom-client's own looks up labels every time. */
export class Histogram {
  readonly #counts: Float64Array;
  #sum = 0;

  /** `bounds`: the upper ends of the buckets, ascending; one to infinity comes behind them. */
  constructor(private readonly bounds: readonly number[]) {
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]) bucket++;
    this.#counts[bucket]++;
    this.#sum += value;
  }

  /** As Prometheus wants them: each bucket with all below it. */
  values(name: string, labels: Value["labels"]): Value[] {
    let count = 0;
    const buckets = [...this.bounds, "+Inf"].map((le, i): Value => {
      count += this.#counts[i];
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: this.#sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
