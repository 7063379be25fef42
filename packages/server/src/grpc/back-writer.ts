import { BYTES } from "./wire.js";

/** Messages up to this length are written into the same memory again and again: to allocate for each costs more than to write it. */
const LENT = 2 ** 16;

const lent = Buffer.allocUnsafeSlow(LENT);

/** Writes a protocol buffer from its end to its beginning: the length of what is nested is known then when it is to be written. */
export class BackWriter {
  position: number;

  private constructor(private readonly memory: Buffer) {
    this.position = memory.length;
  }

  /** For a message of so many bytes at most. Its memory is the next one's, too, so whoever keeps it copies it. */
  static lend(bound: number): BackWriter {
    return new BackWriter(bound <= LENT ? lent : Buffer.allocUnsafeSlow(bound));
  }

  finish(): Buffer {
    return this.memory.subarray(this.position);
  }

  /** An integer from 0 to 2^53. */
  varint(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
    this.position -= size;
    let at = this.position;
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.memory[at++] = (rest % 128) | 128;
    this.memory[at] = rest;
  }

  /** What stands before a field whose bytes have been written, up to where the writer was when they were begun. */
  head(field: number, end: number): void {
    this.varint(end - this.position);
    this.varint((field << 3) | BYTES);
  }

  bytes(field: number, bytes: Uint8Array): void {
    const end = this.position;
    this.position -= bytes.length;
    this.memory.set(bytes, this.position);
    this.head(field, end);
  }

  string(field: number, text: string): void {
    const end = this.position;
    this.position -= Buffer.byteLength(text);
    this.memory.write(text, this.position);
    this.head(field, end);
  }
}
