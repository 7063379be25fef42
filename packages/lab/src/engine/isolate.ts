/**
 * Some operations of onnxruntime give other bits for other addresses: they add or approximate one by one up to an aligned address and four
 * or eight at once from there. Its own memory is always aligned, but an array of JavaScript lies where it happened to find room, and so a
 * run would not repeat itself. These operations therefore are kept away from the arrays, by copies.
 */
import type { Node } from "./graph.js";

const BY_ADDRESS = /^(Reduce.*|Log|Softplus)$/;

/** @param bound the names of what is read from arrays or written to them */
export function isolated(nodes: readonly Node[], bound: ReadonlySet<string>): Node[] {
  const copies = new Map<string, string>();
  return nodes.flatMap((node) => {
    if (!BY_ADDRESS.test(node.opType)) return [node];
    const before: Node[] = [];
    const inputs = node.inputs.map((name, k) => {
      if (k > 0 || !bound.has(name)) return name;
      const known = copies.get(name);
      if (known !== undefined) return known;
      const copy = `copy of ${name}`;
      copies.set(name, copy);
      before.push(copyOf(name, copy));
      return copy;
    });
    const [name] = node.outputs;
    if (!bound.has(name)) return [...before, { ...node, inputs }];
    const made = `${name} as made`;
    return [...before, { ...node, inputs, outputs: [made] }, copyOf(made, name)];
  });
}

/** The largest of one: a copy that no optimiser of graphs takes out. */
const copyOf = (from: string, to: string): Node => ({
  opType: "Max",
  inputs: [from],
  outputs: [to],
  attributes: {},
});
