// Prints the polynomial behind `exp` (docs/numerics.md): the q of exp(r) = 1 + r + r²·q(r) on |r| ≤ ln2 / 2.
// Discrete minimax fit by Lawson's reweighted least squares, coefficients rounded to float32 one by one from the
// lowest degree up, the rest refitted each time so that later ones make up for the rounding of earlier ones.

const DEGREE = 4;
const POINTS = 2000;
const half = Math.LN2 / 2;
const nodes = Array.from({ length: POINTS }, (_, i) => half * Math.cos((Math.PI * (i + 0.5)) / POINTS));
// (exp(r) − 1 − r) / r² by its series: the closed form cancels near zero.
/** @param {number} r */
const q = (r) => {
  let term = 0.5;
  let sum = 0;
  for (let k = 3; k < 24; k++) {
    sum += term;
    term *= r / k;
  }
  return sum;
};

/**
 * Least squares for the free coefficients `from … DEGREE` of a target sampled at the nodes.
 * @param {ArrayLike<number>} target
 * @param {ArrayLike<number>} weights
 * @param {number} from
 */
function solve(target, weights, from) {
  const size = DEGREE - from + 1;
  const rows = Array.from({ length: size }, () => new Float64Array(size + 1));
  for (let i = 0; i < POINTS; i++) {
    const powers = Array.from({ length: size }, (_, k) => nodes[i] ** (from + k));
    for (let a = 0; a < size; a++) {
      for (let b = 0; b < size; b++) rows[a][b] += weights[i] * powers[a] * powers[b];
      rows[a][size] += weights[i] * powers[a] * target[i];
    }
  }
  for (let a = 0; a < size; a++) {
    for (let b = a + 1; b < size; b++) {
      const factor = rows[b][a] / rows[a][a];
      for (let c = a; c <= size; c++) rows[b][c] -= factor * rows[a][c];
    }
  }
  const solution = new Float64Array(size);
  for (let a = size - 1; a >= 0; a--) {
    let sum = rows[a][size];
    for (let b = a + 1; b < size; b++) sum -= rows[a][b] * solution[b];
    solution[a] = sum / rows[a][a];
  }
  return solution;
}

/** @type {number[]} */
const coefficients = [];
for (let fixed = 0; fixed <= DEGREE; fixed++) {
  const target = nodes.map((r) => q(r) - coefficients.reduce((sum, c, k) => sum + c * r ** k, 0));
  // The error that counts is relative to exp(r), and q enters multiplied by r².
  const importance = nodes.map((r) => (r * r) / Math.exp(r));
  const lawson = new Float64Array(POINTS).fill(1);
  let free = new Float64Array(0);
  for (let round = 0; round < 60; round++) {
    free = solve(
      target,
      lawson.map((w, i) => w * importance[i] ** 2),
      fixed,
    );
    let total = 0;
    for (let i = 0; i < POINTS; i++) {
      const fit = free.reduce((sum, c, k) => sum + c * nodes[i] ** (fixed + k), 0);
      lawson[i] *= Math.abs(fit - target[i]) * importance[i] + 1e-18;
      total += lawson[i];
    }
    for (let i = 0; i < POINTS; i++) lawson[i] *= POINTS / total;
  }
  coefficients.push(Math.fround(free[0]));
}

let worst = 0;
for (const r of nodes) {
  const fit = 1 + r + r * r * coefficients.reduce((sum, c, k) => sum + c * r ** k, 0);
  worst = Math.max(worst, Math.abs(fit / Math.exp(r) - 1));
}
for (const [k, c] of coefficients.entries()) console.log(`q${k} = ${c}`);
console.log(`largest relative error before rounding: ${worst.toExponential(2)}`);
