/** The trunks there are: another one is a file and a line here. */
import { Problem } from "../problem.js";
import { conv } from "./conv.js";
import type { TrunkKind, TrunkOptions } from "./kind.js";
import { linear } from "./linear.js";
import { lstm } from "./lstm.js";
import { mlp } from "./mlp.js";
import { none } from "./none.js";
import type { Trunk } from "./trunk.js";

export { NORMS, type Norm, type TrunkOptions } from "./kind.js";

export const TRUNKS: readonly TrunkKind[] = [none, linear, mlp, conv, lstm];

/** @param spec a kind and its sizes: `none`, `mlp:512,512` */
export async function createTrunk(spec: string, options: TrunkOptions): Promise<Trunk> {
  const { kind, sizes } = readTrunk(spec);
  const norm = options.norm ?? kind.norms[0];
  if (!kind.norms.includes(norm))
    throw new Problem(`--norm ${norm} does not go with --trunk ${spec}; it can have ${list(kind.norms)}`);
  return kind.create(sizes, { ...options, norm });
}

/** Checks a specification, before anything is loaded. */
export function readTrunk(spec: string): { kind: TrunkKind; sizes: number[] } {
  const [name, ...rest] = spec.split(":");
  const kind = TRUNKS.find((kind) => kind.name === name);
  if (kind === undefined)
    throw new Problem(
      `--trunk ${spec}: there is no such trunk; take ${list(TRUNKS.map(({ usage }) => usage))}`,
    );
  const texts = rest.length === 0 ? [] : rest.join(":").split(",");
  const sizes = texts.map(Number);
  const { least, most } = kind.sizes ?? { least: 0, most: 0 };
  if (sizes.length < least || sizes.length > most)
    throw new Problem(`--trunk ${spec}: it has ${count(least, most)}, as in ${kind.usage}`);
  const bad = texts.findIndex((text, k) => !/^\d+$/.test(text) || sizes[k] < 1 || sizes[k] > 65_536);
  if (bad >= 0)
    throw new Problem(`--trunk ${spec}: "${texts[bad]}" is not a size from 1 to 65536, as in ${kind.usage}`);
  return { kind, sizes };
}

const list = (names: readonly string[]): string =>
  names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;

function count(least: number, most: number): string {
  if (most === 0) return "no sizes";
  return least === most ? `${most} size${most === 1 ? "" : "s"}` : `${least} to ${most} sizes`;
}
