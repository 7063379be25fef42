import { type Inputs, sizeOf } from "../../data/dataset.js";
import { Problem } from "../../problem.js";
import { Random } from "../../random.js";
import { type Clustering, clusteringOf } from "./cluster.js";
import { binCount, binsOf, type Cover } from "./cover.js";
import { MapperFeatures, type MapperNode } from "./features.js";
import { fitLens, type Lens } from "./lens.js";
import { countOf, distance, meanOf, pick, type Rows, rowOf } from "./rows.js";

export interface MapperOptions {
  /** `pca:1` to `pca:3`, `norm` or `eccentricity`. */
  readonly lens: string;
  readonly intervals: number;
  readonly overlap: number;
  /** `single` or `dbscan`. */
  readonly clustering: string;
  /** Rows that make a cluster; fewer are taken for noise. */
  readonly least: number;
  /** Rows of a cluster that are kept to tell its members by. */
  readonly cores: number;
  /** Rows of the training part that it is made from: its time grows with their square. */
  readonly rows: number;
  readonly seed: number;
}

export const MAPPER_DEFAULTS: MapperOptions = {
  lens: "pca:2",
  intervals: 10,
  overlap: 0.3,
  clustering: "single",
  least: 5,
  cores: 32,
  rows: 4000,
  seed: 0,
};

const MOST_BINS = 100_000;

/**
 * Mapper (Singh, Mémoli and Carlsson, 2007) as features: rows are laid into overlapping bins by a lens, each bin is clustered by itself,
 * and which clusters a row belongs to are its columns.
 */
export function mapperFeatures(train: Inputs, options: Partial<MapperOptions> = {}): MapperFeatures {
  const settings = check({ ...MAPPER_DEFAULTS, ...options });
  const rows = sampleOf(train, settings);
  const clustering = clusteringOf(settings.clustering, settings.least);
  const lens = fitLens(settings.lens, rows);
  const { cover, bins } = coverOf(rows, lens, settings);
  const nodes = bins.flatMap((members, bin) => nodesOf(rows, members, bin, clustering, settings));
  if (nodes.length === 0)
    throw new Problem(
      `no bin of ${settings.lens} has a cluster of ${settings.least} rows: take fewer --mapper-intervals or more rows`,
    );
  return new MapperFeatures(lens, cover, nodes, rows.width);
}

function check(options: MapperOptions): MapperOptions {
  const count = (name: string, value: number, least: number) => {
    if (!Number.isInteger(value) || value < least)
      throw new Problem(`--mapper-${name} is a whole number from ${least}, not ${value}`);
  };
  count("intervals", options.intervals, 1);
  count("least", options.least, 1);
  count("cores", options.cores, 1);
  count("rows", options.rows, 2);
  if (!(options.overlap >= 0 && options.overlap < 1))
    throw new Problem(`--mapper-overlap is a number from 0 to below 1, not ${options.overlap}`);
  return options;
}

function sampleOf(train: Inputs, { rows, least, seed }: MapperOptions): Rows {
  if (train.rows < 2 * least)
    throw new Problem(
      `Mapper features need ${2 * least} training rows at least, and there are ${train.rows}`,
    );
  const chosen = new Random(seed, "mapper").permutation(train.rows).slice(0, rows).sort();
  const values = new Float32Array(chosen.length * sizeOf(train));
  train.gather(chosen, values);
  return { values, width: sizeOf(train) };
}

function coverOf(rows: Rows, lens: Lens, { intervals, overlap }: MapperOptions) {
  const views = Array.from({ length: countOf(rows) }, (_, r) => lens.view(rowOf(rows, r)));
  const ranges = Array.from(views[0], (_, k): [number, number] => {
    const values = views.map((view) => view[k]);
    const low = values.reduce((a, b) => Math.min(a, b));
    const high = values.reduce((a, b) => Math.max(a, b));
    if (!(high - low > 1e-6 * Math.max(Math.abs(low), Math.abs(high))))
      throw new Problem(
        `--mapper-lens ${lens.spec} sees the same ${low.toPrecision(4)} in all rows${views[0].length > 1 ? ` (its number ${k + 1})` : ""}: choose another lens`,
      );
    return [low, high];
  });
  const cover: Cover = { intervals, overlap, ranges };
  if (binCount(cover) > MOST_BINS)
    throw new Problem(
      `--mapper-intervals ${intervals} makes ${binCount(cover)} bins with --mapper-lens ${lens.spec}; ${MOST_BINS} are the most`,
    );
  const bins: number[][] = Array.from({ length: binCount(cover) }, () => []);
  views.forEach((view, r) => {
    for (const bin of binsOf(cover, view)) bins[bin].push(r);
  });
  return { cover, bins };
}

function nodesOf(
  rows: Rows,
  members: readonly number[],
  bin: number,
  clustering: Clustering,
  { least, cores }: MapperOptions,
): MapperNode[] {
  if (members.length < least) return [];
  const here = pick(rows, members);
  const { labels, count, reach } = clustering(here);
  const nodes: MapperNode[] = [];
  for (let label = 0; label < count; label++) {
    const own = pick(
      here,
      [...labels.keys()].filter((r) => labels[r] === label),
    );
    if (countOf(own) < least) continue;
    const { kept, radius } = spread(own, cores);
    nodes.push({ bin, radius: Math.max(radius, reach), cores: kept.values });
  }
  return nodes;
}

/** Rows that lie all over a cluster: after the one next to its middle always that which is farthest from those before. */
function spread(cluster: Rows, cores: number): { kept: Rows; radius: number } {
  const count = countOf(cluster);
  const middle = meanOf(cluster);
  const away = Float64Array.from({ length: count }, (_, r) => distance(middle, rowOf(cluster, r)));
  let next = away.indexOf(away.reduce((a, b) => Math.min(a, b)));
  const kept: number[] = [];
  const uncovered = new Float64Array(count).fill(Infinity);
  let radius = Infinity;
  while (kept.length < cores && radius > 0) {
    kept.push(next);
    for (let r = 0; r < count; r++)
      uncovered[r] = Math.min(uncovered[r], distance(rowOf(cluster, next), rowOf(cluster, r)));
    radius = uncovered.reduce((a, b) => Math.max(a, b));
    next = uncovered.indexOf(radius);
  }
  return { kept: pick(cluster, kept), radius };
}
