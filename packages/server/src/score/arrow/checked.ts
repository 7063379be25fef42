import { ByteBuffer } from "flatbuffers";

/**
 * The bytes of a flatbuffer that refuses to be read beyond its ends. The library's own gives zeros there, so that a damaged table would be
 * taken for another one.
 */
export class CheckedBuffer extends ByteBuffer {
  override readUint8(offset: number): number {
    this.#check(offset, 1);
    return super.readUint8(offset);
  }

  override readInt16(offset: number): number {
    this.#check(offset, 2);
    return super.readInt16(offset);
  }

  override readUint16(offset: number): number {
    this.#check(offset, 2);
    return super.readUint16(offset);
  }

  override readInt32(offset: number): number {
    this.#check(offset, 4);
    return super.readInt32(offset);
  }

  override readUint32(offset: number): number {
    this.#check(offset, 4);
    return super.readUint32(offset);
  }

  override readInt64(offset: number): bigint {
    this.#check(offset, 8);
    return super.readInt64(offset);
  }

  #check(offset: number, length: number): void {
    if (!(offset >= 0 && offset + length <= this.capacity())) {
      throw new RangeError("a table points beyond its end");
    }
  }
}
