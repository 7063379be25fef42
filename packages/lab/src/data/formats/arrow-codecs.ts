import { CompressionType, compressionRegistry } from "apache-arrow";
import { decompress } from "fzstd";
import { lz4Frame } from "./lz4.js";

/** Arrow's reader knows of no packing until it is told: buffers may be packed by Zstandard, or by LZ4 in frames. */
export function registerCodecs(): void {
  // A copy from the start of a buffer: Arrow looks at 64-bit numbers in place, which asks for an even start.
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => decompress(bytes).slice() });
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: lz4Frame });
}
