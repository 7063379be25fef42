/** How many bytes may be held at once: who takes more than is left waits until others give theirs back. */
export class Budget {
  readonly limit: number;
  #held = 0;
  #waiting: (() => void) | undefined;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** One at a time may ask. What alone is larger than the limit has been refused before. */
  async take(bytes: number): Promise<() => void> {
    while (this.#held > 0 && this.#held + bytes > this.limit) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    this.#held += bytes;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#held -= bytes;
      this.#waiting?.();
      this.#waiting = undefined;
    };
  }
}
