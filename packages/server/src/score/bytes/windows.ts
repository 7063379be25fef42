import type { FileBytes } from "./source.js";
import { cutOff } from "./source.js";

/** So much of a file is copied at once. */
const WINDOW = 2 ** 20;

/** What copying holds: a part that is written, and the next one, which is read meanwhile. */
export const COPY_BYTES = 2 * WINDOW;

/** A part of a file in pieces; each is valid until the next is asked for. */
export async function* windowsOf(file: FileBytes, start: number, length: number): AsyncGenerator<Uint8Array> {
  const size = Math.min(WINDOW, length);
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(length > size ? size : 0)];
  const fill = async (buffer: Uint8Array, at: number): Promise<Uint8Array> => {
    const part = buffer.subarray(0, Math.min(WINDOW, length - at));
    if ((await file.fillAt(part, start + at)) < part.length) throw cutOff(file.name);
    return part;
  };
  let coming = fill(buffers[0], 0);
  for (let at = 0, k = 1; at < length; at += WINDOW, k ^= 1) {
    const part = await coming;
    if (at + WINDOW < length) {
      coming = fill(buffers[k], at + WINDOW);
      // Told when its turn comes.
      coming.catch(() => {});
    }
    yield part;
  }
}
