// Searches for Williamson's matrices: four symmetric circulant ±1 matrices of order n with A² + B² + C² + D² = 4n·1, from which
// lib/hadamard/williamson.ts makes a Hadamard matrix of order 4n. Prints the first halves of their first rows, a(0) … a((n − 1)/2), as
// that file has them; the others follow from a(i) = a(n − i).
//
//   node scripts/williamson.js        takes some seconds
//
// In terms of first rows the condition is that the four periodic autocorrelations add up to 0 at every shift but 0, and so the squares
// of the Fourier transforms to 4n at every frequency. Multiplying all indices by a unit t of ℤ/n permutes both. Solutions that such a
// permutation leaves as they are can be found among far fewer rows, where there are any.

/**
 * A symmetric row of ±1 that starts with 1, as a number: bit i − 1 is set where a(i) = −1.
 * @typedef {object} Row
 * @property {number} bits
 * @property {Int32Array} correlation at the shifts 1 … (n − 1)/2
 * @property {Float64Array} spectrum squares of the Fourier transform at the frequencies 0 … (n − 1)/2
 */

/** How far float64 may be off in a spectrum. */
const SLACK = 1e-6;

/** @param {number} n */
const halfOf = (n) => (n - 1) / 2;

/**
 * i or n − i, for which a row has the same sign.
 * @param {number} n
 * @param {number} i
 */
const foldIndex = (n, i) => Math.min(i % n, n - (i % n));

/**
 * @param {number} n
 * @param {number} bits
 */
const expand = (n, bits) =>
  Int8Array.from({ length: n }, (_, i) => (i > 0 && (bits >>> (foldIndex(n, i) - 1)) & 1 ? -1 : 1));

/**
 * @param {number} n
 * @param {number} bits
 * @returns {Row}
 */
function measure(n, bits) {
  const a = expand(n, bits);
  const sums = Float64Array.from({ length: halfOf(n) + 1 }, (_, k) =>
    a.reduce((sum, v, i) => sum + v * Math.cos((2 * Math.PI * i * k) / n), 0),
  );
  const correlation = Int32Array.from({ length: halfOf(n) }, (_, k) =>
    a.reduce((sum, v, i) => sum + v * a[(i + k + 1) % n], 0),
  );
  return { bits, correlation, spectrum: sums.map((v) => v * v) };
}

/**
 * The orbits of multiplying the indices 1 … (n − 1)/2 by t.
 * @param {number} n
 * @param {number} t
 */
function orbitsOf(n, t) {
  const seen = new Set();
  /** @type {number[][]} */
  const orbits = [];
  for (let start = 1; start <= halfOf(n); start++) {
    if (seen.has(start)) continue;
    /** @type {number[]} */
    const orbit = [];
    for (let i = start; !seen.has(i); i = foldIndex(n, i * t)) {
      seen.add(i);
      orbit.push(i);
    }
    orbits.push(orbit);
  }
  return orbits;
}

/**
 * The rows that multiplying indices by t leaves as they are; all rows for t = 1.
 * @param {number} n
 * @param {number} t
 */
function invariantRows(n, t) {
  const orbits = orbitsOf(n, t).map((orbit) => orbit.reduce((bits, i) => bits | (1 << (i - 1)), 0));
  return Array.from({ length: 2 ** orbits.length }, (_, choice) =>
    measure(
      n,
      orbits.reduce((bits, orbit, o) => ((choice >>> o) & 1 ? bits | orbit : bits), 0),
    ),
  );
}

/**
 * Four rows, all of which t leaves as they are. A linear hash of the correlations turns four that add up to 0 into four numbers that do,
 * two sums of two of which one is the negative of the other. Other fours may have such a sum too: `print` sorts them out.
 * @param {number} n
 * @param {number} t
 */
function searchInvariant(n, t) {
  // No term of a sum of squares that is 4n is more.
  const rows = invariantRows(n, t).filter(({ spectrum }) => spectrum.every((v) => v <= 4 * n + SLACK));
  const hashes = rows.map(({ correlation }) => correlation.reduce((sum, v, k) => sum + v * (k + 3) ** 9, 0));
  /** @param {(a: Row, b: Row, sum: number) => void} use */
  const forPairs = (use) => {
    rows.forEach((a, i) => {
      for (let j = i; j < rows.length; j++) {
        const b = rows[j];
        if (fits(a.spectrum, b.spectrum, 4 * n)) use(a, b, hashes[i] + hashes[j]);
      }
    });
  };
  /** @type {number[]} */
  const all = [];
  forPairs((_a, _b, sum) => all.push(sum));
  const sums = Float64Array.from(all).sort();
  /** @type {Set<number>} */
  const cancelling = new Set();
  for (let low = 0, high = sums.length - 1; low <= high; ) {
    const sum = sums[low] + sums[high];
    if (sum === 0) cancelling.add(sums[low]).add(sums[high]);
    if (sum <= 0) low++;
    else high--;
  }
  /** @type {Map<number, Row[][]>} */
  const pairs = new Map([...cancelling].map((sum) => [sum, []]));
  forPairs((a, b, sum) => pairs.get(sum)?.push([a, b]));
  return [...pairs].flatMap(([sum, of]) =>
    of.flatMap((pair) => (pairs.get(-sum) ?? []).map((other) => [...pair, ...other])),
  );
}

/**
 * Whether no sum of two spectra is more than a bound.
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @param {number} most
 */
function fits(a, b, most) {
  for (let k = 0; k < a.length; k++) {
    if (a[k] + b[k] > most + SLACK) return false;
  }
  return true;
}

/**
 * Four rows a, b, tb and t²b, with t³ = 1 and an a that t leaves as it is.
 * @param {number} n
 * @param {number} t
 */
function searchRotated(n, t) {
  const orbits = orbitsOf(n, t);
  /**
   * What b, tb and t²b have in all, one number an orbit.
   * @param {Int32Array | Float64Array} values
   */
  const rotated = (values) =>
    orbits.map((orbit) => (3 / orbit.length) * orbit.reduce((sum, k) => sum + values[k - 1], 0));
  const invariant = new Map(
    invariantRows(n, t).map((row) => [String(orbits.map(([k = 0]) => row.correlation[k - 1])), row]),
  );
  /** @type {Row[][]} */
  const found = [];
  // The Fourier transform of a row of ones at the frequencies from 1 on. A Gray code then changes one sign a step.
  const wave = new Float64Array(halfOf(n));
  for (let step = 1, bits = 0; step < 2 ** halfOf(n); step++) {
    const changed = step & -step;
    bits ^= changed;
    const i = 32 - Math.clz32(changed);
    for (let k = 0; k < wave.length; k++)
      wave[k] += (bits & changed ? -4 : 4) * Math.cos((2 * Math.PI * ((i * (k + 1)) % n)) / n);
    if (rotated(wave.map((v) => v * v)).some((v) => v > 4 * n + SLACK)) continue;
    const b = measure(n, bits);
    const a = invariant.get(String(rotated(b.correlation).map((v) => -v)));
    if (a !== undefined) found.push([a, b, multiplied(n, b, t), multiplied(n, b, (t * t) % n)]);
  }
  return found;
}

/**
 * The row whose element i is element t·i of another.
 * @param {number} n
 * @param {Row} row
 * @param {number} t
 */
function multiplied(n, { bits }, t) {
  let result = 0;
  for (let i = 1; i <= halfOf(n); i++) result |= ((bits >>> (foldIndex(n, i * t) - 1)) & 1) << (i - 1);
  return measure(n, result);
}

/**
 * Prints the first of the fours found that is a solution.
 * @param {number} n
 * @param {Row[][]} found
 */
function print(n, found) {
  const solution = found.find((rows) =>
    Array.from({ length: halfOf(n) }, (_, k) => k).every(
      (k) => rows.reduce((sum, { correlation }) => sum + correlation[k], 0) === 0,
    ),
  );
  if (solution === undefined) throw new Error(`found none of order ${4 * n}`);
  const texts = solution.map(({ bits }) =>
    Array.from(expand(n, bits).subarray(0, halfOf(n) + 1), (v) => (v > 0 ? "+" : "-")).join(""),
  );
  console.log(`${4 * n}: ${texts.join(" ")}`);
}

print(23, searchInvariant(23, 1));
print(29, searchInvariant(29, 1));
print(39, searchRotated(39, 16));
print(43, searchInvariant(43, 6));
