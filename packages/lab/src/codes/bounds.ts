/** What no code of so many vectors can go below: docs/codes.md. */

/** Least possible largest |cos| of K lines in N dimensions: Welch, 1974; of many lines, K > N(N + 1)/2, Levenshtein, 1982. */
export function leastAbsolute(features: number, lines: number): number {
  const [N, K] = [features, lines];
  if (K <= N) return 0;
  const welch = Math.sqrt((K - N) / (N * (K - 1)));
  if (K <= (N * (N + 1)) / 2) return welch;
  return Math.max(welch, Math.sqrt((3 * K - N * N - 2 * N) / ((N + 2) * (K - N))));
}

/** Least possible largest cosine of C vectors in N dimensions: a simplex reaches it up to N + 1 of them, an orthoplex up to 2N. */
export function leastSigned(features: number, classes: number): number {
  if (classes < 2) return -1;
  if (classes <= features + 1) return -1 / (classes - 1);
  return 0;
}
