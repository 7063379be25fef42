// Float64 references, written for clarity alone.

/** The entry of the Sylvester matrix: −1 where the indices share an odd number of bits. */
function sign(i, j) {
  let bits = i & j;
  let odd = 0;
  for (; bits !== 0; bits &= bits - 1) odd ^= 1;
  return odd === 0 ? 1 : -1;
}

/** One result of the orthonormal transform, by its definition. */
export function transformEntry(x, index) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += sign(index, i) * x[i];
  return sum / Math.sqrt(x.length);
}

/** One logit of a head with code "hadamard", as long as classes are fewer than its order: class c has row c + 1. */
export function logit(x, head, index) {
  if (head.classes >= head.code.order) throw new Error("the reference knows no such class");
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < x.length; i++) {
    sum += sign(index + 1, i) * x[i];
    squares += x[i] * x[i];
  }
  const norm = Math.sqrt(squares) + 1e-8;
  return (head.scale * sum) / (Math.sqrt(x.length) * norm) + (head.bias?.[index] ?? 0);
}

/** Throws unless some of the results, spread over the array, are what they should be. */
export function check(what, actual, expected, largest) {
  const samples = Math.min(actual.length, 64);
  for (let k = 0; k < samples; k++) {
    const index = Math.floor((k * (actual.length - 1)) / Math.max(samples - 1, 1));
    const error = Math.abs(actual[index] - expected(index));
    // Written so that NaN fails.
    if (!(error <= 4e-6 * largest)) {
      throw new Error(`${what}: result ${index} is ${actual[index]}, expected ${expected(index)}`);
    }
  }
}
