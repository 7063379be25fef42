import { Problem } from "../problem.js";
import type { Constants } from "./constants.js";
import type { GraphIndex } from "./graph-index.js";
import { labelOf } from "./graph-index.js";
import type { Affine } from "./walk.js";
import { walkBack } from "./walk.js";

const MOST_NAMED = 6;

/** Finds the one linear layer that the outputs of a graph come from; `output` says which output where there are several. */
export function findClassifier(
  index: GraphIndex,
  constants: Constants,
  functions: ReadonlySet<string>,
  path: string,
  output: string | undefined,
): Affine {
  const names = index.graph.output.map(({ name }) => name);
  if (output !== undefined && !names.includes(output)) {
    throw new Problem(`${path} has no output "${output}"; its outputs are ${listed(names)}`);
  }
  const found = new Map<object, { affine: Affine; outputs: string[] }>();
  const reasons: string[] = [];
  for (const name of output === undefined ? names : [output]) {
    const result = walkBack(name, index, constants, functions);
    if ("reason" in result) reasons.push(`output "${name}": ${result.reason}`);
    else {
      const before = found.get(result.product.node);
      if (before === undefined) found.set(result.product.node, { affine: result, outputs: [name] });
      else before.outputs.push(name);
    }
  }
  const [first, ...others] = found.values();
  if (first === undefined) {
    const left = reasons.length > MOST_NAMED ? `; and ${reasons.length - MOST_NAMED} more` : "";
    throw new Problem(`${path}: no classifier was found: ${reasons.slice(0, MOST_NAMED).join("; ")}${left}`);
  }
  if (others.length > 0) {
    const each = [first, ...others]
      .slice(0, MOST_NAMED)
      .map(({ affine, outputs }) => `${listed(outputs)} of ${labelOf(affine.product.node)}`);
    throw new Problem(
      `${path} has ${found.size} linear layers at its outputs, ${each.join("; ")}; say which one by the option output`,
    );
  }
  return first.affine;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => `"${name}"`);
  return names.length > MOST_NAMED
    ? `${shown.join(", ")} and ${names.length - MOST_NAMED} more`
    : shown.join(", ");
}
