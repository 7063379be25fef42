import type { Interval } from "../metrics/statistics.js";
import type { Results } from "../training/result.js";
import { differenceOf } from "./difference.js";
import { type HeadSummary, isDense, summariseHeads, type Unfinished, unfinishedRuns } from "./heads.js";
import { type Measure, measureOf } from "./measure.js";

/** A results file, with the name that tells it from the others of a comparison. */
export interface Source {
  readonly name: string;
  readonly results: Results;
}

/** Heads of one experiment or of several, each beside the learned one that it is compared with. */
export interface Study {
  readonly sources: readonly Source[];
  readonly heads: readonly HeadSummary[];
  readonly measure: Measure;
  readonly unfinished: readonly Unfinished[];
  /** By head, what its measure is beside the one of the learned head; heads without one have none. */
  readonly differences: ReadonlyMap<
    HeadSummary,
    { readonly reference: HeadSummary; readonly interval: Interval }
  >;
  /** What the reader should know of the comparison, a sentence each. */
  readonly notes: readonly string[];
}

export function study(results: Results | readonly Source[]): Study {
  const sources = "runs" in results ? [{ name: results.data.name, results }] : results;
  const heads = sources.flatMap((source) => summariseHeads(source, sources.length > 1));
  const measure = measureOf(sources);
  const differences: Map<HeadSummary, { reference: HeadSummary; interval: Interval }> = new Map();
  for (const head of heads) {
    const reference = isDense(head.head) ? undefined : referenceOf(head, heads);
    if (reference !== undefined && reference !== head)
      differences.set(head, { reference, interval: differenceOf(head, reference, measure) });
  }
  return {
    sources,
    heads,
    measure,
    unfinished: unfinishedRuns(sources),
    differences,
    notes: notesOf(sources),
  };
}

const hashOf = (head: HeadSummary): string => head.source.results.data.hash;

/** The dense learned head of the same file, otherwise one on the same data, otherwise any. */
function referenceOf(head: HeadSummary, heads: readonly HeadSummary[]): HeadSummary | undefined {
  const dense = heads.filter((other) => isDense(other.head));
  return (
    dense.find((other) => other.source === head.source) ??
    dense.find((other) => hashOf(other) === hashOf(head)) ??
    dense[0]
  );
}

function notesOf(sources: readonly Source[]): string[] {
  const hashes = new Set(sources.map(({ results }) => results.data.hash));
  if (hashes.size < 2) return [];
  return [
    `These files are of ${hashes.size} data sets or splits (their hashes differ): differences are paired only between heads of the same data, ` +
      "and accuracies of different data do not compare.",
  ];
}
