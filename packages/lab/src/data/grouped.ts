import { Random } from "../random.js";

/**
 * Divides rows so that those of one group stay together and the classes come out by the shares as nearly as groups allow: groups, large
 * ones first and equal ones in an order drawn from the seed, go one after the other to where they bring the counts of their classes
 * nearest to what is wanted. Gives the number of the part of each row.
 */
export function byGroups(
  labels: Int32Array,
  groups: Int32Array,
  shares: readonly number[],
  seed: number,
): Int32Array {
  const classes = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  const members = groupsOf(labels, groups);
  const wanted = shares.map(() => new Float64Array(classes));
  for (const label of labels)
    shares.forEach((share, part) => {
      wanted[part][label] += share;
    });
  const have = shares.map(() => new Float64Array(classes));
  const part = new Int32Array(labels.length);
  for (const group of inOrder(members, seed)) {
    const counts = countsIn(group, labels);
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    shares.forEach((share, to) => {
      const cost = costOf(counts, have[to], wanted[to]);
      if (share > 0 && cost < least) [best, least] = [to, cost];
    });
    for (const [label, count] of counts) have[best][label] += count;
    for (const row of group) part[row] = best;
  }
  return part;
}

/** By how much the squared distance from what is wanted grows, relative to what is wanted. */
function costOf(counts: ReadonlyMap<number, number>, have: Float64Array, wanted: Float64Array): number {
  let cost = 0;
  for (const [label, count] of counts)
    cost += (count * (2 * (have[label] - wanted[label]) + count)) / wanted[label];
  return cost;
}

function groupsOf(labels: Int32Array, groups: Int32Array): number[][] {
  const members = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const group = members.get(groups[row]);
    if (group === undefined) members.set(groups[row], [row]);
    else group.push(row);
  }
  return [...members.values()];
}

function inOrder(members: readonly number[][], seed: number): number[][] {
  const drawn = Array.from(new Random(seed, "groups").permutation(members.length), (k) => members[k]);
  return drawn.sort((a, b) => b.length - a.length);
}

function countsIn(rows: readonly number[], labels: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(labels[row], (counts.get(labels[row]) ?? 0) + 1);
  return counts;
}
