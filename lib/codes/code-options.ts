/** How the options of a class code are declared, checked and kept in a file. */

import { checkBoolean, checkInteger, describe } from "../checks.js";
import type { Tensor } from "../formats/safetensors.js";
import { readOptions } from "../options.js";
import type { ClassCode, CodeEntry, HeadShape, Rotate } from "./code.js";

/** One option of a code. */
export interface CodeOption<T> {
  readonly initial: T;
  /** Whether a file without it is damaged. */
  readonly required: boolean;
  /** The value as the code takes it; `given` is what the user passed. */
  check(what: string, given: unknown, shape: HeadShape): T;
  /** Names of tensors that it may keep beside the one of its own name. */
  readonly besides?: readonly string[];
  /** A string or a tensor, or several tensors by their names; null for what a file need not keep. */
  encode(value: T, shape: HeadShape): string | Tensor | ReadonlyMap<string, Tensor> | null;
  /**
   * What {@link check} takes, from what {@link encode} made; undefined if that is not what a file may have. `beside` has the tensors of
   * {@link besides}.
   */
  decode(kept: string | Tensor, shape: HeadShape, beside: ReadonlyMap<string, Tensor>): unknown;
}

type OptionTable<Checked> = { readonly [K in keyof Checked]: CodeOption<Checked[K]> };

/** Builds a code from its options, all of them checked. */
type Build<Checked> = (shape: HeadShape, options: Readonly<Checked>, rotate: Rotate) => ClassCode;

/**
 * The registry entry of a code whose options are declared one by one: `Options` as the user gives them, `Checked` as the code gets them.
 */
export function defineCode<Options extends object, Checked extends Record<keyof Options, unknown>>(
  name: string,
  version: number,
  declared: OptionTable<Checked>,
  build: Build<Checked>,
): CodeEntry<Options> {
  const names = Object.keys(declared) as (keyof Options & keyof Checked & string)[];
  return {
    version,
    optionNames: names,

    build(shape, options, rotate) {
      const given = readOptions(`code "${name}"`, options, names);
      const checked = {} as Checked;
      for (const key of names) {
        const { initial, check } = declared[key];
        const value = given[key];
        checked[key] = value === undefined ? initial : check(key, value, shape);
      }
      return build(shape, Object.freeze(checked), rotate);
    },

    encode(given, shape) {
      const checked = given as Checked;
      const data = { strings: new Map<string, string>(), tensors: new Map<string, Tensor>() };
      for (const key of names) {
        const kept = declared[key].encode(checked[key], shape);
        if (typeof kept === "string") data.strings.set(key, kept);
        else if (kept instanceof Map) for (const [name, tensor] of kept) data.tensors.set(name, tensor);
        else if (kept !== null) data.tensors.set(key, kept as Tensor);
      }
      return data;
    },

    decode({ strings, tensors }, shape) {
      const decoded: Record<string, unknown> = {};
      const besides = names.flatMap((name) => (tensors.has(name) && declared[name].besides) || []);
      const alone = [...tensors.keys()].filter((key) => !besides.includes(key));
      for (const key of [...strings.keys(), ...alone]) {
        if (!(names as string[]).includes(key)) {
          throw new RangeError(`code "${name}" has no option "${key}"; update fixed-classifier`);
        }
        const known = key as (typeof names)[number];
        const kept = (strings.get(key) ?? tensors.get(key)) as string | Tensor;
        const value = declared[known].decode(kept, shape, tensors);
        if (value === undefined) {
          const found = typeof kept === "string" ? describe(kept) : `a tensor of ${kept.dtype}`;
          throw new RangeError(`option "${key}" of code "${name}" is ${found}`);
        }
        decoded[known] = value;
      }
      const missing = names.find((key) => declared[key].required && !(key in decoded));
      if (missing !== undefined) throw new RangeError(`option "${missing}" of code "${name}" is missing`);
      return decoded as Options;
    },
  };
}

/** Seed of what a code draws at random, an unsigned 32-bit integer. */
export const seedOption: CodeOption<number> = {
  initial: 0,
  required: true,
  check(what, given) {
    checkInteger(what, given, 0, 2 ** 32 - 1);
    return given;
  },
  encode: String,
  decode: (kept) => (typeof kept === "string" && /^\d{1,10}$/.test(kept) ? Number(kept) : undefined),
};

export const flagOption = (initial: boolean): CodeOption<boolean> => ({
  initial,
  required: true,
  check(what, given) {
    checkBoolean(what, given);
    return given;
  },
  encode: String,
  decode: (kept) => (kept === "true" ? true : kept === "false" ? false : undefined),
});
