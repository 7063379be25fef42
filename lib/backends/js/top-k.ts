/** Order of logits: NaN is below everything. */
export const isAbove = (a: number, b: number): boolean => a > b || (Number.isNaN(b) && !Number.isNaN(a));

/** The k best of the logits z, by insertion into a list: by larger logit, then by lower class. */
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
    while (place > start && isAbove(score, scores[place - 1] as number)) place--;
    if (place === start + k) continue;
    const last = start + Math.min(c, k - 1);
    classes.copyWithin(place + 1, place, last);
    scores.copyWithin(place + 1, place, last);
    classes[place] = c;
    scores[place] = score;
  }
}
