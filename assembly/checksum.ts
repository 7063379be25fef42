/** Fletcher's checksum of 32-bit words: their sum, and the sum of the sums so far. A module of its own, that is compiled in a moment. */

export let sum: u32 = 0;
export let sums: u32 = 0;

/** Goes on with the words from an address to another, of which there are whole fours. */
export function update(from: usize, to: usize): void {
  let a = sum;
  let b = sums;
  for (let at = from; at < to; at += 16) {
    a += load<u32>(at);
    b += a;
    a += load<u32>(at, 4);
    b += a;
    a += load<u32>(at, 8);
    b += a;
    a += load<u32>(at, 12);
    b += a;
  }
  sum = a;
  sums = b;
}
