import { type Inputs, sizeOf } from "../../data/dataset.js";
import { Problem } from "../../problem.js";
import { binsOf, type Cover } from "./cover.js";
import { type Lens, lensOf } from "./lens.js";
import { countOf, distance, rowOf } from "./rows.js";

/** A cluster of a bin: rows within its radius of one of its cores may belong to it. */
export interface MapperNode {
  readonly bin: number;
  readonly radius: number;
  readonly cores: Float32Array;
}

/** What is kept with a model: what JSON can hold, and arrays of float32 by name. */
export interface MapperState {
  readonly json: {
    readonly format: "mapper 1";
    readonly lens: string;
    readonly cover: Cover;
    readonly width: number;
    /** The cores of the nodes stand one after the other in one array. */
    readonly nodes: readonly { readonly bin: number; readonly radius: number; readonly cores: number }[];
  };
  readonly arrays: Readonly<
    Record<string, { readonly shape: readonly number[]; readonly value: Float32Array }>
  >;
}

const BLOCK = 256;

export class MapperFeatures {
  /** Their names, one a cluster: of the bin by its intervals, and of the cluster in it. */
  readonly columns: readonly string[];
  readonly #lens: Lens;
  readonly #cover: Cover;
  readonly #nodes: readonly MapperNode[];
  readonly #width: number;
  readonly #ofBin = new Map<number, number[]>();

  constructor(lens: Lens, cover: Cover, nodes: readonly MapperNode[], width: number) {
    this.#lens = lens;
    this.#cover = cover;
    this.#nodes = nodes;
    this.#width = width;
    this.columns = nodes.map(({ bin }, node) => {
      const those = this.#ofBin.get(bin) ?? [];
      this.#ofBin.set(bin, [...those, node]);
      const places = cover.ranges.map((_, k, { length }) =>
        String(Math.floor(bin / cover.intervals ** (length - 1 - k)) % cover.intervals),
      );
      return `mapper.${places.join("-")}.${those.length}`;
    });
  }

  /** The columns of rows, seen before or not: 1 where a row belongs to a cluster, which it does in each of its bins to one at most. */
  transform(inputs: Inputs): Inputs {
    const columns = this.columns.length;
    const all = this.#membership(inputs);
    return {
      rows: inputs.rows,
      shape: [columns],
      bytes: all.byteLength,
      gather(rows, out) {
        for (let k = 0; k < rows.length; k++)
          for (let c = 0; c < columns; c++) out[k * columns + c] = all[rows[k] * columns + c];
      },
    };
  }

  /** The columns behind the numbers of the rows themselves. */
  append(inputs: Inputs): Inputs {
    const own = sizeOf(inputs);
    const columns = this.transform(inputs);
    const added = sizeOf(columns);
    const width = own + added;
    return {
      rows: inputs.rows,
      shape: [width],
      bytes: inputs.bytes + columns.bytes,
      gather(rows, out) {
        const [left, right] = [new Float32Array(rows.length * own), new Float32Array(rows.length * added)];
        inputs.gather(rows, left);
        columns.gather(rows, right);
        for (let k = 0; k < rows.length; k++) {
          out.set(left.subarray(k * own, (k + 1) * own), k * width);
          out.set(right.subarray(k * added, (k + 1) * added), k * width + own);
        }
      },
    };
  }

  state(): MapperState {
    const all = this.#nodes.map(({ cores }) => cores);
    const value = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const cores of all) {
      value.set(cores, at);
      at += cores.length;
    }
    const width = this.#width;
    const lens = Object.entries(this.#lens.arrays).map(([name, array]) => [
      `mapper.lens.${name}`,
      { shape: [array.length / width, width], value: array },
    ]);
    return {
      json: {
        format: "mapper 1",
        lens: this.#lens.spec,
        cover: this.#cover,
        width,
        nodes: this.#nodes.map(({ bin, radius, cores }) => ({ bin, radius, cores: cores.length / width })),
      },
      arrays: { "mapper.cores": { shape: [at / width, width], value }, ...Object.fromEntries(lens) },
    };
  }

  static from({ json, arrays }: MapperState): MapperFeatures {
    if (json.format !== "mapper 1")
      throw new Problem(`Mapper features of the format ${JSON.stringify(json.format)} are not known here`);
    const { width, cover, lens } = json;
    const array = (name: string) => {
      const found = arrays[name];
      if (found === undefined) throw new Problem(`Mapper features lack their array ${name}`);
      return found.value;
    };
    const cores = array("mapper.cores");
    const nodes: MapperNode[] = [];
    let at = 0;
    for (const node of json.nodes) {
      nodes.push({ ...node, cores: cores.slice(at, at + node.cores * width) });
      at += node.cores * width;
    }
    if (at !== cores.length)
      throw new Problem(`Mapper features have ${cores.length / width} core rows and name ${at / width}`);
    const kept = lens.startsWith("pca") ? ["mean", "axes"] : lens === "eccentricity" ? ["landmarks"] : [];
    const parts = Object.fromEntries(kept.map((name) => [name, array(`mapper.lens.${name}`)]));
    return new MapperFeatures(lensOf(lens, parts), cover, nodes, width);
  }

  #membership(inputs: Inputs): Uint8Array {
    const width = sizeOf(inputs);
    if (width !== this.#width)
      throw new Problem(`Mapper features were made of rows of ${this.#width} numbers; these have ${width}`);
    const columns = this.columns.length;
    const all = new Uint8Array(inputs.rows * columns);
    const values = new Float32Array(BLOCK * width);
    for (let first = 0; first < inputs.rows; first += BLOCK) {
      const rows = Int32Array.from({ length: Math.min(BLOCK, inputs.rows - first) }, (_, k) => first + k);
      inputs.gather(rows, values);
      for (let k = 0; k < rows.length; k++)
        for (const node of this.#nodesOf(rowOf({ values, width }, k))) all[rows[k] * columns + node] = 1;
    }
    return all;
  }

  /** In each bin of the row the cluster with the nearest core, if it is near enough. */
  #nodesOf(row: Float32Array): number[] {
    const found: number[] = [];
    for (const bin of binsOf(this.#cover, this.#lens.view(row))) {
      let best = -1;
      let least = Infinity;
      for (const node of this.#ofBin.get(bin) ?? []) {
        const away = this.#distanceTo(node, row);
        if (away < least) {
          best = node;
          least = away;
        }
      }
      if (best >= 0 && least <= this.#nodes[best].radius) found.push(best);
    }
    return found;
  }

  #distanceTo(node: number, row: Float32Array): number {
    const cores = { values: this.#nodes[node].cores, width: this.#width };
    let least = Infinity;
    for (let k = 0; k < countOf(cores); k++) least = Math.min(least, distance(row, rowOf(cores, k)));
    return least;
  }
}
