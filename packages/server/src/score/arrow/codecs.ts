import { compress, init } from "@bokuweb/zstd-wasm";
import { CompressionType } from "apache-arrow/fb/compression-type";
import { decompress as unpackZstd } from "fzstd";
import { compressFrameSync, decompressFrameSync } from "lz4-napi";
import { checkLz4Frame, checkZstdFrame } from "./frames.js";

/** How the buffers of a batch are packed: each by itself, with its length before packing in front. */
export interface Packing {
  pack(bytes: Uint8Array): Uint8Array;
  unpack(bytes: Uint8Array, most: number): Uint8Array;
}

const PREFIX = 8;
/** Stands for a length: that the bytes are not packed. */
const PLAIN = -1n;
const LEVEL = 1;

let ready: Promise<void> | undefined;

export async function packingOf(codec: CompressionType): Promise<Packing> {
  if (codec === CompressionType.ZSTD) {
    // Once: a second time would take the first one's memory away.
    ready ??= init();
    await ready;
    return packing(
      (bytes) => compress(bytes, LEVEL),
      (bytes, length) => {
        checkZstdFrame(bytes, length);
        return unpackZstd(bytes);
      },
    );
  }
  if (codec === CompressionType.LZ4_FRAME) {
    return packing(
      (bytes) => compressFrameSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)),
      (bytes, length) => {
        checkLz4Frame(bytes, length);
        const unpacked = decompressFrameSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
        // A slice of a Buffer would be no copy.
        return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length);
      },
    );
  }
  throw new Error(`buffers are packed in a way that is not known (${codec})`);
}

function packing(
  pack: (bytes: Uint8Array) => Uint8Array,
  unpack: (bytes: Uint8Array, length: number) => Uint8Array,
): Packing {
  return {
    pack: (bytes) => {
      if (bytes.length === 0) return bytes;
      const packed = pack(bytes);
      const isSmaller = packed.length < bytes.length;
      const content = isSmaller ? packed : bytes;
      const result = new Uint8Array(PREFIX + content.length);
      new DataView(result.buffer).setBigInt64(0, isSmaller ? BigInt(bytes.length) : PLAIN, true);
      result.set(content, PREFIX);
      return result;
    },
    unpack: (bytes, most) => {
      if (bytes.length === 0) return bytes;
      const { buffer, byteOffset, byteLength } = bytes;
      const length = new DataView(buffer, byteOffset, byteLength).getBigInt64(0, true);
      const content = bytes.subarray(PREFIX);
      if (length === PLAIN) return content;
      if (length < 0n || length > most) throw new RangeError(`a buffer says that it has ${length} bytes`);
      const unpacked = unpack(content, Number(length));
      if (unpacked.length !== Number(length)) {
        throw new RangeError(`a buffer says that it has ${length} bytes, and has ${unpacked.length}`);
      }
      return unpacked;
    },
  };
}
