/** Integers below n, from a xorshift generator of 32 bits. */
export function randomIntegers(seed: number): (n: number) => number {
  let state = Math.imul(seed, 0x9e3779b9) | 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * n);
  };
}

/** The integers below `count`, in random order. */
export function shuffled(count: number, random: (n: number) => number): Int32Array<ArrayBuffer> {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random(i + 1);
    const value = order[i] as number;
    order[i] = order[j] as number;
    order[j] = value;
  }
  return order;
}
