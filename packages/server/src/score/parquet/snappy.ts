/** Of pages that Snappy did not make smaller than that nearly all bytes stand as they are. */
const HARDLY = 0.95;

/** Whether a page is one for `unpackPlain`: numbers of trained networks mostly are, as their lower bits look random. */
export const isHardlyPacked = (packed: Uint8Array, length: number): boolean =>
  packed.length >= HARDLY * length;

/**
 * Unpacks Snappy's format into memory that is there. A library's WebAssembly is faster where much was found twice, but gives new memory for
 * each page, which costs more than the few copies of a page that is hardly packed.
 */
export function unpackPlain(packed: Uint8Array, target: Uint8Array): void {
  let at = 0;
  let end = 0;
  const number = (bytes: number): number => {
    if (at + bytes > packed.length) throw new RangeError("a page is cut off");
    let value = 0;
    for (let k = 0, unit = 1; k < bytes; k++, unit *= 256) value += packed[at++] * unit;
    return value;
  };
  const fits = (length: number): void => {
    if (end + length > target.length) throw new RangeError("a page has more bytes than it says");
  };
  let length = 0;
  for (let unit = 1; ; unit *= 128) {
    const byte = number(1);
    length += (byte & 0x7f) * unit;
    if (byte < 0x80) break;
    if (unit > 2 ** 28) throw new RangeError("a page's length is too long");
  }
  if (length !== target.length)
    throw new RangeError(`a page has ${length} bytes, where ${target.length} should be`);
  while (at < packed.length) {
    const tag = packed[at++];
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >>> 2;
      const count = 1 + (short < 60 ? short : number(short - 59));
      if (at + count > packed.length) throw new RangeError("a page is cut off");
      fits(count);
      target.set(packed.subarray(at, at + count), end);
      at += count;
      end += count;
      continue;
    }
    const count = kind === 1 ? 4 + ((tag >>> 2) & 7) : 1 + (tag >>> 2);
    const back = kind === 1 ? (tag >>> 5) * 256 + number(1) : number(kind === 2 ? 2 : 4);
    if (back === 0 || back > end) throw new RangeError("a page repeats what there was not");
    fits(count);
    // One by one, as what is copied may begin in what is repeated.
    for (const to = end + count; end < to; end++) target[end] = target[end - back];
  }
  if (end !== length) throw new RangeError("a page is cut off");
}
