/** How often calls are looked over for those that take too long. */
const EVERY_MS = 2_000;

/** A call that is told, from time to time, which of those that began to wait is late. */
export interface Watched {
  lookOver(now: number, patience: Patience): void;
}

/** Looks over calls that are under way: what they hold would be kept for ever where a client neither goes on nor goes. */
export class Patience {
  private readonly calls = new Set<Watched>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    /** By when a request must have come whole. */
    readonly requestMs: number,
    /** For how long an answer may stand still. */
    readonly stallMs: number,
  ) {
    this.timer = setInterval(() => this.lookOver(), Math.min(EVERY_MS, requestMs, stallMs)).unref();
  }

  add(call: Watched): void {
    this.calls.add(call);
  }

  delete(call: Watched): void {
    this.calls.delete(call);
  }

  end(): void {
    clearInterval(this.timer);
  }

  private lookOver(): void {
    const now = Date.now();
    for (const call of this.calls) call.lookOver(now, this);
  }
}
