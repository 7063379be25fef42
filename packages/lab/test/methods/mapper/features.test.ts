import { expect, test } from "vitest";
import type { Inputs } from "../../../src/data/dataset.js";
import { MapperFeatures, type MapperState } from "../../../src/methods/mapper/features.js";
import { mapperFeatures } from "../../../src/methods/mapper/fit.js";
import { Random } from "../../../src/random.js";

function inputsOf(rows: number[][]): Inputs {
  const width = rows[0].length;
  return {
    rows: rows.length,
    shape: [width],
    bytes: 4 * rows.length * width,
    gather(wanted, out) {
      Array.from(wanted).forEach((row, k) => {
        out.set(rows[row], k * width);
      });
    },
  };
}

function read(inputs: Inputs): number[][] {
  const [width] = inputs.shape;
  const out = new Float32Array(inputs.rows * width);
  inputs.gather(
    Int32Array.from({ length: inputs.rows }, (_, r) => r),
    out,
  );
  return Array.from({ length: inputs.rows }, (_, r) => [...out.subarray(r * width, (r + 1) * width)]);
}

/** A ring of 240 rows, longer than high: what Mapper is always shown on. */
const ring = Array.from({ length: 240 }, (_, k) => {
  const angle = (2 * Math.PI * k) / 240;
  return [3 * Math.cos(angle), Math.sin(angle)];
});
const OPTIONS = { lens: "pca:1", intervals: 4, overlap: 0.25 };

test("a ring is one cluster at both ends and two in each bin between, whichever way it is clustered", () => {
  for (const clustering of ["single", "dbscan"]) {
    const features = mapperFeatures(inputsOf(ring), { ...OPTIONS, clustering, least: 4 });
    const names = [...features.columns].sort();
    expect(names).toEqual([
      "mapper.0.0",
      "mapper.1.0",
      "mapper.1.1",
      "mapper.2.0",
      "mapper.2.1",
      "mapper.3.0",
    ]);
    const columns = read(features.transform(inputsOf(ring)));
    // What stands alone at the end of an arc is noise to DBSCAN.
    let left = 0;
    // Every row is in the one or two bins that its place lies in, and in one cluster of each.
    const length = 6 / (4 - 3 * 0.25);
    ring.forEach(([x], r) => {
      const bins = [0, 1, 2, 3].filter((i) => {
        const low = -3 + i * length * 0.75;
        return x >= low - 1e-5 && x <= low + length + 1e-5;
      });
      const found = features.columns
        .filter((_, c) => columns[r][c] === 1)
        .map((name) => Number(name.split(".")[1]));
      if (clustering === "single") expect(found).toEqual(bins);
      for (const bin of found) expect(bins).toContain(bin);
      left += bins.length - found.length;
    });
    expect(left).toBeLessThan(15);
    // Above and below the middle are not the same cluster.
    expect(columns[60]).not.toEqual(columns[180]);
  }
});

test("rows that were not seen get the columns of those beside them, and strangers none", () => {
  const features = mapperFeatures(inputsOf(ring), OPTIONS);
  const seen = read(features.transform(inputsOf(ring)));
  const beside = ring.map(([x, y]) => [x + 1e-4, y - 1e-4]);
  const columns = read(features.transform(inputsOf(beside)));
  const same = columns.filter((row, r) => row.every((value, c) => value === seen[r][c])).length;
  expect(same).toBeGreaterThanOrEqual(238);
  expect(read(features.transform(inputsOf([[0, 40]])))).toEqual([features.columns.map(() => 0)]);
});

test("columns can stand behind the numbers of the rows, whichever rows are asked for", () => {
  const features = mapperFeatures(inputsOf(ring), OPTIONS);
  const both = features.append(inputsOf(ring));
  const seen = read(features.transform(inputsOf(ring)));
  expect(both.shape).toEqual([2 + features.columns.length]);
  const out = new Float32Array(2 * both.shape[0]);
  both.gather([200, 7], out);
  const expected = [200, 7].flatMap((r) => [...ring[r].map(Math.fround), ...seen[r]]);
  expect([...out]).toEqual(expected);
});

test.each(["pca:2", "norm", "eccentricity"])(
  "through %s it is the same from what was kept of it, and by chance of none",
  (lens) => {
    const cloud = Array.from({ length: 300 }, (_, k) => [...new Random(k).normals(5, 1 + (k % 3))]);
    const others = Array.from({ length: 100 }, (_, k) => [...new Random(k, "other").normals(5, 2)]);
    const options = { lens, intervals: 3, least: 3, rows: 200, seed: 9 };
    const features = mapperFeatures(inputsOf(cloud), options);
    expect(mapperFeatures(inputsOf(cloud), options).state()).toEqual(features.state());
    const { json, arrays } = features.state();
    for (const { shape, value } of Object.values(arrays)) expect(value.length).toBe(shape[0] * shape[1]);
    const back = MapperFeatures.from({ json: JSON.parse(JSON.stringify(json)), arrays });
    expect(back.columns).toEqual(features.columns);
    const columns = read(features.transform(inputsOf(others)));
    expect(columns.flat().some((value) => value === 1)).toBe(true);
    expect(read(back.transform(inputsOf(others)))).toEqual(columns);
  },
);

test("what was kept and does not fit together is refused", () => {
  const state = mapperFeatures(inputsOf(ring), OPTIONS).state();
  const changed = (json: object, arrays = state.arrays) =>
    MapperFeatures.from({ json: { ...state.json, ...json } as MapperState["json"], arrays });
  expect(() => changed({ format: "mapper 2" })).toThrow(/format "mapper 2"/);
  expect(() => changed({ nodes: state.json.nodes.slice(1) })).toThrow(/core rows/);
  expect(() => changed({}, { "mapper.cores": state.arrays["mapper.cores"] })).toThrow(
    /lack their array mapper.lens.mean/,
  );
  const features = mapperFeatures(inputsOf(ring), OPTIONS);
  expect(() => features.transform(inputsOf([[1, 2, 3]]))).toThrow(/rows of 2 numbers; these have 3/);
});

test("what cannot be made is told with its remedy", () => {
  const make = (rows: number[][], options = {}) => mapperFeatures(inputsOf(rows), { ...OPTIONS, ...options });
  expect(() => make(ring.slice(0, 9))).toThrow(/need 10 training rows at least, and there are 9/);
  const same = ring.map(() => [1, 2]);
  expect(() => make(same)).toThrow(/--mapper-lens pca:1 sees the same .* in all rows: choose another lens/);
  expect(() => make(same, { lens: "norm" })).toThrow(/sees the same 2.236/);
  const flat = ring.map(([x]) => [x, 0]);
  expect(() => make(flat, { lens: "pca:2" })).toThrow(/its number 2/);
  expect(() => make(ring, { least: 100 })).toThrow(/no bin of pca:1 has a cluster of 100 rows/);
  expect(() => make(ring, { intervals: 2000, lens: "pca:2" })).toThrow(/4000000 bins .* 100000 are the most/);
  for (const [option, message] of [
    [{ intervals: 0 }, /--mapper-intervals is a whole number from 1, not 0/],
    [{ overlap: 1 }, /--mapper-overlap is a number from 0 to below 1, not 1/],
    [{ cores: 1.5 }, /--mapper-cores/],
    [{ clustering: "kmeans" }, /"kmeans" is no clustering/],
    [{ lens: "tsne" }, /"tsne" is no lens/],
  ] as const)
    expect(() => make(ring, option)).toThrow(message);
});
