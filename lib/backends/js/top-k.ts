const above = (a: number, b: number): boolean => a > b || (Number.isNaN(b) && !Number.isNaN(a));

/** Insertion into a list of the k best: by larger logit, then by lower class; NaN is below everything. */
export function selectTopK(
  z: Float32Array,
  k: number,
  classes: Int32Array,
  scores: Float32Array,
  start: number,
): void {
  for (let c = 0; c < z.length; c++) {
    const score = z[c] as number;
    let place = start + Math.min(c, k);
    while (place > start && above(score, scores[place - 1] as number)) place--;
    if (place === start + k) continue;
    const last = start + Math.min(c, k - 1);
    classes.copyWithin(place + 1, place, last);
    scores.copyWithin(place + 1, place, last);
    classes[place] = c;
    scores[place] = score;
  }
}
