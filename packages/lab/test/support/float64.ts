/** References in plain float64, by the shortest way and not the fastest. */

/** Cosines of all pairs of rows. */
export function cosines(matrix: readonly number[], width: number): number[][] {
  const rows = Array.from({ length: matrix.length / width }, (_, r) =>
    matrix.slice(r * width, (r + 1) * width),
  );
  return rows.map((a) =>
    rows.map(
      (b) => a.reduce((sum, value, i) => sum + value * b[i], 0) / (Math.hypot(...a) * Math.hypot(...b)),
    ),
  );
}

/** max(0, ln p(word, context) / (p(word)·p(context))), a context being either of the two words before. */
export function mutualInformation(words: Int32Array, classes: number): number[][] {
  const pairs = [...words].flatMap((word, at) =>
    [at - 1, at - 2].filter((k) => k >= 0).map((k) => [word, words[k]]),
  );
  const share = (of: (pair: number[]) => boolean): number => pairs.filter(of).length / pairs.length;
  return Array.from({ length: classes }, (_, word) =>
    Array.from({ length: classes }, (_, context) => {
      const both = share(([a, b]) => a === word && b === context);
      const apart = share(([a]) => a === word) * share(([, b]) => b === context);
      return both === 0 ? 0 : Math.max(0, Math.log(both / apart));
    }),
  );
}

/** Eigenvalues of a symmetric matrix, the largest first, and their vectors, by Jacobi's rotations. */
export function jacobi(symmetric: readonly (readonly number[])[]) {
  const n = symmetric.length;
  const a = symmetric.map((row) => [...row]);
  const v = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 50; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p][q]) < 1e-14) continue;
        const angle = Math.atan2(2 * a[p][q], a[q][q] - a[p][p]) / 2;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (const row of [...a, ...v]) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
        const [top, low] = [[...a[p]], [...a[q]]];
        for (let k = 0; k < n; k++) {
          a[p][k] = c * top[k] - s * low[k];
          a[q][k] = s * top[k] + c * low[k];
        }
      }
    }
  }
  const order = a.map((_, k) => k).sort((i, j) => a[j][j] - a[i][i]);
  return {
    values: order.map((k) => a[k][k]),
    vectors: order.map((k) => v.map((row) => row[k])),
  };
}

/** Signs of the nearest concatenation of ± rows of the Sylvester matrix of this order: all are tried. */
export function roundedTo(vector: readonly number[], order: number): number[] {
  let rows = [[1]];
  while (rows.length < order) {
    rows = [
      ...rows.map((row) => [...row, ...row]),
      ...rows.map((row) => [...row, ...row.map((value) => -value)]),
    ];
  }
  const all = [...rows, ...rows.map((row) => row.map((value) => -value))];
  return Array.from({ length: vector.length / order }, (_, k) => {
    const part = vector.slice(k * order, (k + 1) * order);
    const product = (row: readonly number[]): number => row.reduce((sum, sign, i) => sum + sign * part[i], 0);
    return all.reduce((best, row) => (product(row) > product(best) ? row : best));
  }).flat();
}
