const WORST = [0, 1, 0x7f, 0x80, 0xff];

/** What may have become of bytes on their way from a client that is wrong, or that means harm. */
const CHANGES = [
  (bytes, random) => {
    bytes[random.below(bytes.length)] ^= 1 << random.below(8);
    return bytes;
  },
  (bytes, random) => {
    bytes[random.below(bytes.length)] = random.of(WORST);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => bytes.subarray(random.below(bytes.length)),
  (bytes, random) => {
    const [from, to] = rangeOf(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = rangeOf(bytes, random);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), noise(random), bytes.subarray(at)]);
  },
  // A varint that goes on and on, as a length or a number.
  (bytes, random) => {
    const at = random.below(bytes.length);
    const long = Buffer.alloc(1 + random.below(11), 0xff);
    if (random.is(0.5)) long[long.length - 1] = 1;
    return Buffer.concat([bytes.subarray(0, at), long, bytes.subarray(at + 1)]);
  },
];

/** The same bytes, changed in one to four ways. */
export function mutated(bytes, random) {
  let changed = Buffer.from(bytes);
  for (let times = 1 + random.below(4); times > 0 && changed.length > 0; times--) {
    changed = random.of(CHANGES)(changed, random);
  }
  return changed;
}

export function noise(random, longest = 40) {
  return Buffer.from(Array.from({ length: random.below(longest) }, () => random.below(256)));
}

function rangeOf(bytes, random) {
  const from = random.below(bytes.length);
  return [from, from + random.below(Math.min(64, bytes.length - from) + 1)];
}
