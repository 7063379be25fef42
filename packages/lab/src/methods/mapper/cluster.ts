import { Problem } from "../../problem.js";
import { countOf, distance, type Rows, rowOf } from "./rows.js";

/** A number from 0 a row, −1 for those of no cluster, and how near to a cluster a row is to be to belong to it. */
export interface Clusters {
  readonly labels: Int32Array;
  readonly count: number;
  readonly reach: number;
}

export type Clustering = (rows: Rows) => Clusters;

export const CLUSTERINGS = ["single", "dbscan"] as const;

/** `single`, or `dbscan`; both find out by themselves how far is near. */
export function clusteringOf(name: string, neighbours: number): Clustering {
  if (name === "single") return (rows) => singleLinkage(rows);
  if (name === "dbscan") return (rows) => dbscan(rows, neighbours, usualDistance(rows, neighbours));
  throw new Problem(`"${name}" is no clustering: choose ${CLUSTERINGS.join(" or ")}`);
}

const GAP_BINS = 10;

/**
 * Single linkage, cut where the lengths of links have their first gap: the first empty of ten parts of a histogram (Singh, Mémoli and
 * Carlsson, *Topological Methods for the Analysis of High Dimensional Data Sets*, 2007). Without a gap all is one cluster. The links are
 * those of the shortest spanning tree, which Prim's algorithm finds without keeping distances.
 */
export function singleLinkage(rows: Rows): Clusters {
  const links = spanningTree(rows);
  const lengths = links.map(({ length }) => length);
  const cut = firstGap(lengths);
  const parents = Int32Array.from({ length: countOf(rows) }, (_, r) => r);
  const root = (r: number): number => {
    let at = r;
    while (parents[at] !== at) at = parents[at];
    parents[r] = at;
    return at;
  };
  let reach = 0;
  for (const { from, to, length } of links) {
    if (length > cut) continue;
    reach = Math.max(reach, length);
    const [a, b] = [root(from), root(to)];
    parents[Math.max(a, b)] = Math.min(a, b);
  }
  const numbers = new Map<number, number>();
  const labels = parents.map((_, r) => {
    const at = root(r);
    const label = numbers.get(at) ?? numbers.size;
    numbers.set(at, label);
    return label;
  });
  return { labels, count: numbers.size, reach };
}

/** The end of the last part before the first that is empty; infinite where none is. */
export function firstGap(lengths: readonly number[]): number {
  const high = lengths.reduce((a, b) => Math.max(a, b), 0);
  const low = lengths.reduce((a, b) => Math.min(a, b), high);
  const width = (high - low) / GAP_BINS;
  if (!(width > 0)) return Infinity;
  const filled = new Set(lengths.map((length) => Math.min(GAP_BINS - 1, Math.floor((length - low) / width))));
  for (let part = 0; part < GAP_BINS; part++) if (!filled.has(part)) return low + part * width;
  return Infinity;
}

function spanningTree(rows: Rows): { from: number; to: number; length: number }[] {
  const count = countOf(rows);
  const nearest = new Float64Array(count).fill(Infinity);
  const via = new Int32Array(count);
  const inside = new Uint8Array(count);
  const links: { from: number; to: number; length: number }[] = [];
  let at = 0;
  for (let k = 1; k < count; k++) {
    inside[at] = 1;
    let next = -1;
    for (let r = 0; r < count; r++) {
      if (inside[r]) continue;
      const length = distance(rowOf(rows, at), rowOf(rows, r));
      if (length < nearest[r]) {
        nearest[r] = length;
        via[r] = at;
      }
      if (next < 0 || nearest[r] < nearest[next]) next = r;
    }
    links.push({ from: via[next], to: next, length: nearest[next] });
    at = next;
  }
  return links;
}

/**
 * DBSCAN (Ester et al., KDD 1996): rows with so many within reach, themselves counted, are cores; what is in reach of a core belongs to its
 * cluster, and what is in reach of none to no cluster. Clusters are numbered by their first row, and a row between two belongs to the
 * first.
 */
export function dbscan(rows: Rows, neighbours: number, reach: number): Clusters {
  const count = countOf(rows);
  const labels = new Int32Array(count).fill(-1);
  const near = (r: number) => {
    const found: number[] = [];
    for (let s = 0; s < count; s++) if (distance(rowOf(rows, r), rowOf(rows, s)) <= reach) found.push(s);
    return found;
  };
  const seen = new Uint8Array(count);
  let clusters = 0;
  for (let first = 0; first < count; first++) {
    if (seen[first]) continue;
    seen[first] = 1;
    const around = near(first);
    if (around.length < neighbours) continue;
    const label = clusters++;
    labels[first] = label;
    const queue = around;
    for (let at = 0; at < queue.length; at++) {
      const r = queue[at];
      if (labels[r] < 0) labels[r] = label;
      if (seen[r]) continue;
      seen[r] = 1;
      const further = near(r);
      if (further.length >= neighbours) for (const s of further) queue.push(s);
    }
  }
  return { labels, count: clusters, reach };
}

/** What nine of ten rows have so many neighbours within, themselves counted. */
export function usualDistance(rows: Rows, neighbours: number): number {
  const count = countOf(rows);
  const at = Math.min(neighbours, count) - 1;
  const kth = Float64Array.from({ length: count }, (_, r) => {
    const all = Float64Array.from({ length: count }, (_, s) => distance(rowOf(rows, r), rowOf(rows, s)));
    return all.sort()[at];
  });
  return kth.sort()[Math.floor(0.9 * (count - 1))];
}
