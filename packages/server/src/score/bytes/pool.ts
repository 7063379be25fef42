const CACHE_LINE = 64;
const KEPT = 3;

/**
 * Large buffers that are used again. Batches of a file are about equally long, and what is left to the garbage collector stays in memory
 * until it runs, which is several batches later.
 */
export class Pool {
  readonly #free: ArrayBuffer[] = [];

  /** Bytes from a cache line on, with what was in them before. */
  take(length: number): { readonly bytes: Uint8Array; release(): void } {
    const needed = length + CACHE_LINE;
    const found = this.#free.findIndex(
      ({ byteLength }) => byteLength >= needed && byteLength <= 2 * needed + 65536,
    );
    const memory =
      found < 0 ? Buffer.allocUnsafeSlow(needed + (needed >>> 5)).buffer : this.#free.splice(found, 1)[0];
    let isHeld = true;
    return {
      bytes: new Uint8Array(memory as ArrayBuffer, 0, length),
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#free.push(memory as ArrayBuffer);
        if (this.#free.length > KEPT) this.#free.shift();
      },
    };
  }
}
