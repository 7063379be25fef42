/** Parts of graphs that run. */
import { Problem } from "../problem.js";
import type { Binding, ElementType, Engine, Numbers, Session } from "./engine.js";
import type { Graph, Tensor } from "./graph.js";
import { isolated } from "./isolate.js";
import { encodeModel } from "./model.js";

const ARRAYS = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array, bool: Uint8Array };

function allocate(type: ElementType, size: number): Numbers {
  try {
    return new ARRAYS[type](size);
  } catch (error) {
    throw new Problem(
      `a step needs more memory than there is, one array of ${size.toLocaleString("en")} numbers; take a smaller --batch`,
      { cause: error },
    );
  }
}

/**
 * The arrays of tensors that go into programs or come out of them, by name: what one program gives another takes without a copy.
 * Parameters and variables that are given here are read where they stand, so what an optimiser writes counts in the next run.
 */
export class Buffers {
  readonly #arrays = new Map<string, Numbers>();

  constructor(shared: readonly { readonly name: string; readonly value: Float32Array }[] = []) {
    for (const { name, value } of shared) this.#arrays.set(name, value);
  }

  of({ name, size, type }: Tensor): Numbers {
    let array = this.#arrays.get(name);
    if (array === undefined) {
      array = allocate(type, size);
      this.#arrays.set(name, array);
    }
    if (array.length !== size) throw new RangeError(`${name} has ${array.length} values, not ${size}`);
    return array;
  }

  /** Of a tensor of float32. */
  array(tensor: Tensor): Float32Array {
    return this.of(tensor) as Float32Array;
  }

  /** Of tensors of float32. */
  arrays<K extends string>(tensors: Readonly<Record<K, Tensor>>): Record<K, Float32Array> {
    const entries = Object.entries<Tensor>(tensors).map(([name, tensor]) => [name, this.array(tensor)]);
    return Object.fromEntries(entries) as Record<K, Float32Array>;
  }
}

/** Some nodes of a graph, ready to run on one thread. */
export class Program {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** The nodes from `first` to before `end`, as far as `outputs` need them. */
  static async create(
    engine: Engine,
    graph: Graph,
    buffers: Buffers,
    outputs: readonly Tensor[],
    first = 0,
    end = graph.nodes.length,
  ): Promise<Program> {
    const { nodes, needed } = nodesFor(graph, outputs, first, end);
    const made = new Set(nodes.flatMap((node) => node.outputs));
    const constants = graph.constants.filter(({ name }) => needed.has(name));
    for (const { name } of constants) made.add(name);
    const inputs = [...needed].filter((name) => !made.has(name)).map((name) => graph.tensor(name));
    const bind = (tensor: Tensor): Binding => ({
      name: tensor.name,
      type: tensor.type,
      shape: tensor.shape,
      data: buffers.of(tensor),
    });
    const bound = new Set([...inputs, ...outputs].map(({ name }) => name));
    const model = encodeModel({ nodes: isolated(nodes, bound), constants, inputs, outputs });
    return new Program(await engine.session(model, inputs.map(bind), outputs.map(bind)));
  }

  /** Reads and writes the buffers. */
  run(): Promise<void> {
    return this.#session.run();
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

export interface TrainingPrograms {
  /** What the gradient of the output is written to before `backward`. */
  readonly seed: Tensor;
  /** Of the wanted, in their order. */
  readonly gradients: readonly Tensor[];
  readonly forward: Program;
  readonly backward: Program;
  release(): Promise<void>;
}

/**
 * The two programs of training: the first computes `output` and what is asked for `also`, the second, from the output's gradient in `seed`,
 * those of the `wanted`.
 */
export async function trainingPrograms(
  engine: Engine,
  graph: Graph,
  buffers: Buffers,
  { output, also = [], wanted }: { output: Tensor; also?: readonly Tensor[]; wanted: readonly Tensor[] },
): Promise<TrainingPrograms> {
  const middle = graph.nodes.length;
  const seed = graph.input("gradient of the output", output.shape);
  const gradients = graph.gradients(output, seed, wanted);
  const made = new Set(graph.nodes.slice(0, middle).flatMap((node) => node.outputs));
  const used = nodesFor(graph, gradients, middle, graph.nodes.length).needed;
  const kept = [...made].filter((name) => used.has(name)).map((name) => graph.tensor(name));
  const results = [...new Set([output, ...also, ...kept])];
  const forward = await Program.create(engine, graph, buffers, results, 0, middle);
  const backward = await Program.create(engine, graph, buffers, [...new Set(gradients)], middle);
  return {
    seed,
    gradients,
    forward,
    backward,
    async release() {
      await forward.release();
      await backward.release();
    },
  };
}

/** The nodes from `first` to before `end` that are needed for `outputs`, and the names of these and of all their inputs. */
function nodesFor(graph: Graph, outputs: readonly Tensor[], first: number, end: number) {
  const needed = new Set(outputs.map(({ name }) => name));
  const nodes = graph.nodes
    .slice(first, end)
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((name) => needed.has(name))) return false;
      for (const name of node.inputs) needed.add(name);
      return true;
    });
  return { nodes: nodes.toReversed(), needed };
}
