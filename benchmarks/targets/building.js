// What class vectors cost that are computed: when they are built, and when a file is loaded that has such a head.
import { FixedClassifier } from "../product.js";
import { duration } from "../report.js";
import { median, warmUp } from "../timing.js";
import { judge } from "./row.js";

/** @import { Row } from "./row.js" */
/** @import { Settings } from "./index.js" */

const RUNS = 3;

/** @param {() => void} run */
function timed(run) {
  const start = performance.now();
  run();
  return (performance.now() - start) * 1e6;
}

/**
 * @param {Settings} settings
 * @returns {Row[]}
 */
export function buildingRows({ quick }) {
  const n = quick ? 512 : 2048;
  const options = /** @type {const} */ ({ features: n, classes: n, code: "orthogonal", bias: false });
  const times = Array.from({ length: RUNS }, (_, seed) => ({
    built: timed(() => new FixedClassifier({ ...options, seed }).code.table),
    plain: timed(() => gramSchmidt(n)),
  }));
  const [built, plain] = [median(times.map((t) => t.built)), median(times.map((t) => t.plain))];
  const file = new FixedClassifier(options).toSafetensors();
  const load = () => FixedClassifier.fromSafetensors(file);
  warmUp(load);
  const loaded = median(Array.from({ length: 101 }, () => timed(load)));
  return [
    {
      what: `orthogonal ${n}→${n} built, by Gram-Schmidt on plain loops`,
      target: "≤ 0.20 of its time",
      ...judge(built / plain, { atMost: 0.2 }),
      measured: `${duration(built)}, ${duration(plain)}`,
    },
    {
      what: `a file with orthogonal ${n}→${n} loaded`,
      target: "≤ 1 ms",
      unit: "ns",
      ...judge(loaded, { atMost: 1e6 }),
      measured: `${file.length} bytes`,
    },
  ];
}

/**
 * Orthonormal rows as they are usually made, four at a time so that sums do not wait for each other. Its random numbers are plain.
 * @param {number} n
 */
function gramSchmidt(n) {
  const q = Float64Array.from({ length: n * n }, () => Math.random() - 0.5);
  for (let r = 0; r < n * n; r += n) {
    for (let k = 0; k < r; k += 4 * n) project(q, r, k, Math.min(4, (r - k) / n), n);
    let square = 0;
    for (let i = r; i < r + n; i++) square += q[i] * q[i];
    const norm = Math.sqrt(square);
    for (let i = r; i < r + n; i++) q[i] /= norm;
  }
  return q;
}

/**
 * Takes from the row at r what it has of up to four rows at k.
 * @param {Float64Array} q
 * @param {number} r
 * @param {number} k
 * @param {number} rows
 * @param {number} n
 */
function project(q, r, k, rows, n) {
  const [b, c, d] = [1, 2, 3].map((row) => k + (row < rows ? row * n : 0));
  let [s, t, u, v] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const x = q[r + i];
    s += x * q[k + i];
    t += x * q[b + i];
    u += x * q[c + i];
    v += x * q[d + i];
  }
  if (rows < 2) t = 0;
  if (rows < 3) u = 0;
  if (rows < 4) v = 0;
  for (let i = 0; i < n; i++) q[r + i] -= s * q[k + i] + t * q[b + i] + (u * q[c + i] + v * q[d + i]);
}
