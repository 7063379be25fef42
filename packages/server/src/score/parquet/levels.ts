/** Levels of the entries of a page: how far each is repeated or defined. */
export interface Levels {
  readonly levels: Uint8Array;
  readonly least: number;
}

/**
 * Unpacks levels into an array, as many as it has. They come as runs of one level and as packed bits. Long runs are filled at once: a row of a thousand numbers is one run.
 */
export function readLevels(bytes: Uint8Array, most: number, levels: Uint8Array): Levels {
  const width = 32 - Math.clz32(most);
  const count = levels.length;
  const mask = (1 << width) - 1;
  let least = most;
  let at = 0;
  const byte = (): number => {
    if (at === bytes.length) throw new RangeError("levels of a page are cut off");
    return bytes[at++];
  };
  for (let seen = 0; seen < count; ) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      const next = byte();
      header += (next & 0x7f) * 2 ** shift;
      if (next < 0x80) break;
      if (shift > 28) throw new RangeError("a run of levels is too long");
    }
    const length = Math.floor(header / 2);
    if (header % 2 === 0) {
      const level = byte();
      if (length === 0 || level > most) throw new RangeError("a run of levels is out of range");
      levels.fill(level, seen, seen + length);
      least = Math.min(least, level);
      seen += length;
      continue;
    }
    let [bits, held] = [0, 0];
    // Groups of eight: the last may go beyond the end.
    for (let k = 0; k < 8 * length && seen < count; k++) {
      if (held < width) {
        bits |= byte() << held;
        held += 8;
      }
      const level = bits & mask;
      if (level > most) throw new RangeError("a level is out of range");
      levels[seen++] = level;
      if (level < least) least = level;
      bits >>>= width;
      held -= width;
    }
  }
  return { levels, least };
}
