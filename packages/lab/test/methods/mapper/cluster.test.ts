import { expect, test } from "vitest";
import {
  clusteringOf,
  dbscan,
  firstGap,
  singleLinkage,
  usualDistance,
} from "../../../src/methods/mapper/cluster.js";
import { countOf, distance, type Rows, rowOf } from "../../../src/methods/mapper/rows.js";
import { Random } from "../../../src/random.js";

const points = (values: number[][]): Rows => ({
  values: Float32Array.from(values.flat()),
  width: values[0].length,
});

/** Three clouds of unequal width and some rows between. */
function clouds(seed: number): Rows {
  const random = new Random(seed);
  const rows: number[][] = [];
  for (const [x, y, spread, count] of [
    [0, 0, 0.3, 20],
    [5, 1, 0.6, 15],
    [1, 6, 0.2, 10],
    [3, 3, 3, 4],
  ])
    for (let i = 0; i < count; i++) {
      const [dx, dy] = random.normals(2, spread);
      rows.push([x + dx, y + dy]);
    }
  return points(rows);
}

/** Which rows are connected by steps of at most `reach`: the transitive closure. */
function connected(rows: Rows, reach: number, among: (row: number) => boolean = () => true): number[][] {
  const count = countOf(rows);
  const left = new Set([...Array(count).keys()].filter(among));
  const groups: number[][] = [];
  while (left.size > 0) {
    const [first] = left;
    left.delete(first);
    const group = [first];
    for (const r of group)
      for (const s of [...left])
        if (distance(rowOf(rows, r), rowOf(rows, s)) <= reach) {
          left.delete(s);
          group.push(s);
        }
    groups.push(group.sort((a, b) => a - b));
  }
  return groups;
}

const groupsOf = (labels: Int32Array, count: number): number[][] =>
  Array.from({ length: count }, (_, label) => [...labels.keys()].filter((r) => labels[r] === label));

test.each([1, 2, 3, 4])("single linkage has the groups that steps up to its cut connect (%d)", (seed) => {
  const rows = clouds(seed);
  const { labels, count, reach } = singleLinkage(rows);
  expect(count).toBeGreaterThan(1);
  expect(groupsOf(labels, count)).toEqual(connected(rows, reach));
  // One step longer, and two of them are one.
  const across = Math.min(
    ...[...labels.keys()].flatMap((r) =>
      [...labels.keys()]
        .filter((s) => labels[s] !== labels[r])
        .map((s) => distance(rowOf(rows, r), rowOf(rows, s))),
    ),
  );
  expect(across).toBeGreaterThan(reach);
  expect(connected(rows, across).length).toBeLessThan(count);
});

test("the first gap is the first empty tenth", () => {
  // Tenths of 1 from 0: the third, from 0.2, is empty.
  expect(firstGap([0, 0.05, 0.15, 0.5, 1])).toBeCloseTo(0.2, 12);
  expect(firstGap([0, 0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 1])).toBe(Infinity);
  expect(firstGap([2, 2, 2])).toBe(Infinity);
  expect(firstGap([])).toBe(Infinity);
});

test("without a gap, and of one row, there is one cluster", () => {
  const line = points(Array.from({ length: 12 }, (_, i) => [i, 0]));
  expect(singleLinkage(line)).toEqual({ labels: new Int32Array(12), count: 1, reach: 1 });
  expect(singleLinkage(points([[3, 4]]))).toEqual({ labels: new Int32Array(1), count: 1, reach: 0 });
});

test.each([1, 2, 3, 4])("DBSCAN has the cores, borders and noise of its definition (%d)", (seed) => {
  const rows = clouds(seed);
  const neighbours = 4;
  const reach = 0.35 + 0.1 * seed;
  const { labels, count } = dbscan(rows, neighbours, reach);
  const all = [...labels.keys()];
  const near = (r: number) => all.filter((s) => distance(rowOf(rows, r), rowOf(rows, s)) <= reach);
  const isCore = (r: number) => near(r).length >= neighbours;
  const cores = connected(rows, reach, isCore);
  expect(count).toBe(cores.length);
  for (const group of cores) expect(new Set(group.map((r) => labels[r])).size).toBe(1);
  expect(new Set(cores.map(([r]) => labels[r])).size).toBe(count);
  for (const r of all.filter((r) => !isCore(r))) {
    const possible = near(r)
      .filter(isCore)
      .map((s) => labels[s]);
    expect(labels[r]).toBe(possible.length === 0 ? -1 : Math.min(...possible));
  }
  expect([...labels].some((label) => label < 0)).toBe(true);
});

test("what is near is what nine of ten rows have their neighbours within", () => {
  const rows = clouds(7);
  const reach = usualDistance(rows, 4);
  const within = [...Array(countOf(rows)).keys()].filter((r) => {
    const sorted = [...Array(countOf(rows)).keys()]
      .map((s) => distance(rowOf(rows, r), rowOf(rows, s)))
      .sort((a, b) => a - b);
    return sorted[3] <= reach;
  });
  expect(within.length / countOf(rows)).toBeGreaterThanOrEqual(0.88);
  expect(within.length / countOf(rows)).toBeLessThanOrEqual(0.92);
  expect(clusteringOf("dbscan", 4)(rows)).toEqual(dbscan(rows, 4, reach));
  expect(() => clusteringOf("kmeans", 4)).toThrow(/"kmeans" is no clustering: choose single or dbscan/);
});
