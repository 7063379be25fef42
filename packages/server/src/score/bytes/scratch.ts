/** Memory that is used again: what is large and short-lived costs more to allocate than to fill. */
export class Scratch {
  #buffer = new Uint8Array(0);

  /** Bytes from the start of a buffer, with what was in them before; those taken before are no longer valid. */
  take(length: number): Uint8Array {
    if (this.#buffer.length < length) {
      this.#buffer = new Uint8Array(Buffer.allocUnsafeSlow(length + (length >>> 3)).buffer);
    }
    return this.#buffer.subarray(0, length);
  }
}
