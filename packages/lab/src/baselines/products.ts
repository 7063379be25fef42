import type { Engine } from "../engine/engine.js";
import { Graph } from "../engine/graph.js";
import { linear } from "../engine/operations.js";
import { Buffers, Program } from "../engine/program.js";

/** Scalar products of some rows with some others, by the engine: `left` and `right` are written, `run` writes `products`. */
export class Products {
  private constructor(
    readonly left: Float32Array,
    readonly right: Float32Array,
    /** Left × right. */
    readonly products: Float32Array,
    private readonly program: Program,
  ) {}

  static async create(
    engine: Engine,
    { left, right, size }: { left: number; right: number; size: number },
  ): Promise<Products> {
    const graph = new Graph();
    const a = graph.input("left", [left, size]);
    const b = graph.input("right", [right, size]);
    const output = linear(a, b);
    const buffers = new Buffers();
    const program = await Program.create(engine, graph, buffers, [output]);
    return new Products(buffers.array(a), buffers.array(b), buffers.array(output), program);
  }

  run(): Promise<void> {
    return this.program.run();
  }

  release(): Promise<void> {
    return this.program.release();
  }
}
