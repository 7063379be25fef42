import type { Backend } from "../backends/backend.js";
import { defaultBackend } from "../backends/create.js";
import { checkBackend } from "../backends/select.js";
import { checkBoolean, checkInteger, checkOneOf, describe } from "../checks.js";
import { type ClassCode, type CodeEntry, type HeadShape, MAX_CLASSES } from "../codes/code.js";
import { CODE_NAMES, CODES, type CodeName, type CodeOptions } from "../codes/index.js";
import { readOptions } from "../options.js";

export const MAX_FEATURES = 2 ** 16;

/** The code whose class vectors are learned themselves, and have no scale. */
export const LEARNED = "learned" satisfies CodeName;

/** Options of a new {@link FixedClassifier}. */
export interface FixedClassifierOptions {
  /** Width N of a row of features, 1 … 65,536. */
  features: number;
  /** Number C of classes, 1 … 16,777,216; a code may have fewer vectors. */
  classes: number;
  /**
   * How classes get their vectors: a name, or an object with `name` and the code's own options. Default "hadamard"; "sylvester" is
   * the paper's own, "learned" an ordinary dense layer. docs/codes.md says which one when.
   */
  code?: CodeName | CodeOptions;
  /** Whether a bias is added to the logits. Default true. */
  bias?: boolean;
  /** Where the scale s starts, finite in float32. Default ln(99·(C − 1)); for "sylvester" 1/√C, as its authors do. "learned" has none. */
  scale?: number;
  /** Whether the scale has a gradient, `gradient.scale`. Default true; "learned" has none. */
  learnScale?: boolean;
  /** The option `seed` of the codes that have it; no other code draws anything at random. Default 0. */
  seed?: number;
  /** The option `allowDuplicates` of the codes that have it; no other code gives two classes the same vector. Default false. */
  allowDuplicates?: boolean;
  /** The backend that computes; not a setting of the head. Default: the fastest that loads. */
  backend?: Backend;
}

/** A head is its settings, a scale and a bias, and nothing else. They are options of a new head too. */
export interface HeadSettings {
  /** Width N of a row of features. */
  readonly features: number;
  /** Number C of classes. */
  readonly classes: number;
  /** The code with all of its options. */
  readonly code: Readonly<CodeOptions>;
  /** Whether the scale has a gradient. */
  readonly learnScale: boolean;
}

/** What a head is made of. */
export interface CheckedOptions {
  readonly settings: HeadSettings;
  readonly code: ClassCode;
  readonly bias: boolean;
  readonly scale: number;
  readonly backend: Backend;
}

const OPTIONS = [
  "features",
  "classes",
  "code",
  "bias",
  "scale",
  "learnScale",
  "seed",
  "allowDuplicates",
  "backend",
] as const satisfies (keyof FixedClassifierOptions)[];

export function checkOptions(given: FixedClassifierOptions): CheckedOptions {
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`options must be an object with features and classes, got ${describe(given)}`);
  }
  const options = readOptions("FixedClassifier", given, OPTIONS);
  const { features, classes, bias = true, learnScale = true, backend = defaultBackend() } = options;
  checkInteger("features", features, 1, MAX_FEATURES);
  checkInteger("classes", classes, 1, MAX_CLASSES);
  checkBoolean("bias", bias);
  checkBoolean("learnScale", learnScale);
  checkBackend(backend);
  const code = buildCode({ features, classes }, options, backend);
  return {
    settings: Object.freeze({
      features,
      classes,
      code: Object.freeze({ name: code.name, ...code.options }) as CodeOptions,
      learnScale: code.name !== LEARNED && learnScale,
    }),
    code,
    bias,
    scale: options.scale === undefined ? code.initialScale : options.scale,
    backend,
  };
}

/**
 * Options of codes that may stand beside `code` too, so that one set of options serves for several codes: those that do not have them
 * do without.
 */
const SHARED = ["seed", "allowDuplicates"] as const;

function buildCode(shape: HeadShape, options: FixedClassifierOptions, backend: Backend): ClassCode {
  const { code = "hadamard" } = options;
  const { name, ...own } = typeof code === "object" && code !== null ? code : { name: code };
  checkOneOf("code", name, CODE_NAMES);
  const entry: CodeEntry = CODES[name];
  const given: Record<string, unknown> = { ...own };
  for (const option of SHARED) {
    if (options[option] !== undefined && entry.optionNames.includes(option))
      given[option] ??= options[option];
  }
  return entry.build(shape, given, (table, rows) => backend.rotation(table).rotate(rows, false));
}
