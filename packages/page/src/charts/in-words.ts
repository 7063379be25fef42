import { HEAD_NAMES } from "../model/heads.js";
import { short } from "../ui/format.js";
import type { PerHead, Point } from "../worker/messages.js";

/** The first and the last value of each line. */
export function inWords(
  points: readonly Point[],
  of: (point: Point) => PerHead | null,
  format: (value: number) => string,
): string {
  const texts = HEAD_NAMES.flatMap((head) => {
    const values = points.flatMap((point) => of(point)?.[head] ?? []);
    const [first] = values;
    const last = values.at(-1);
    return first === undefined || last === undefined
      ? []
      : [`${head} head from ${format(first)} to ${format(last)}`];
  });
  if (texts.length === 0) return "Nothing measured yet.";
  return `After ${short(points.at(-1)?.epoch ?? 0)} epochs: ${texts.join("; ")}.`;
}
