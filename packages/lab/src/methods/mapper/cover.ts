/** Intervals of equal length that overlap, along each number of a lens; a bin is one of each. */
export interface Cover {
  readonly intervals: number;
  /** The share of an interval that it has in common with the next one. */
  readonly overlap: number;
  /** Of each number of the lens, over the rows that it was made from. */
  readonly ranges: readonly (readonly [low: number, high: number])[];
}

export const binCount = ({ intervals, ranges }: Cover): number => intervals ** ranges.length;

/** The bins that a view lies in, in order. What is beyond the ends is taken to be at the end. */
export function binsOf({ intervals, overlap, ranges }: Cover, view: Float64Array): number[] {
  let bins = [0];
  ranges.forEach(([low, high], k) => {
    const length = (high - low) / (intervals - (intervals - 1) * overlap);
    const step = length * (1 - overlap);
    const at = Math.min(high, Math.max(low, view[k])) - low;
    const those: number[] = [];
    for (let i = 0; i < intervals; i++) {
      // The last one ends at the end, however its place is rounded.
      if (at >= i * step && (at <= i * step + length || i === intervals - 1)) those.push(i);
    }
    bins = bins.flatMap((bin) => those.map((i) => bin * intervals + i));
  });
  return bins;
}
