// What was measured, as the lines of a plot and in words.
import { bytes, duration, integer, short } from "../ui/format.js";
import { denseBytes, extrapolate, type Timing } from "./measure.js";

/** Fixed, dense as measured, and dense from there on in proportion to the classes, which joins it. */
export function columnsOf(timings: readonly Timing[]): (number | null)[][] {
  const last = timings.findLast(({ dense }) => dense !== null);
  const measured = { classes: last?.classes ?? 0, dense: last?.dense ?? 0 };
  return [
    timings.map(({ fixed }) => fixed),
    timings.map(({ dense }) => dense),
    timings.map(({ classes }) =>
      last === undefined || classes < last.classes ? null : extrapolate(classes, measured),
    ),
  ];
}

/** What the plot shows: a thousand classes, and the most that were measured. */
export function inWords(timings: readonly Timing[]): string {
  const measured = timings.filter((timing) => timing.dense !== null) as (Timing & { dense: number })[];
  const largest = measured.at(-1);
  const thousand = measured.find(({ classes }) => classes === 1000);
  const last = timings.at(-1);
  if (largest === undefined || last === undefined) return "Nothing measured yet.";
  const sentences: string[] = [];
  for (const each of new Set([thousand, largest])) {
    if (each === undefined) continue;
    const { classes, fixed, dense } = each;
    sentences.push(
      `${integer(classes)} classes: fixed ${duration(fixed)}, dense ${duration(dense)}, ${short(dense / fixed)} times as long.`,
    );
  }
  if (last.dense === null) {
    const dense = extrapolate(last.classes, largest);
    sentences.push(
      `${integer(last.classes)} classes: fixed ${duration(last.fixed)}; a dense matrix would take ` +
        `${bytes(denseBytes(last.classes))} and, in proportion, ${duration(dense)}.`,
    );
  }
  return sentences.join(" ");
}
