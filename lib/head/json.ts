/** A head as what JSON can hold: plain objects, arrays, strings and numbers. */

import type { Backend, HeadParameters } from "../backends/backend.js";
import { describe } from "../checks.js";
import type { CodeEntry } from "../codes/code.js";
import { CODE_NAMES, CODES, type CodeName, type CodeOptions } from "../codes/index.js";
import { readOptions } from "../options.js";
import type { DecodedHead } from "./file.js";
import { checkNumbers, type ParameterName } from "./finite.js";
import type { HeadSettings } from "./options.js";
import type { LearnedArrays } from "./parameters.js";

/** A number; "-0" and "-Infinity" stand for those that JSON does not have. */
export type JsonNumber = number | "-0" | "-Infinity";

/** What `head.toJSON()` returns: docs/file-format.md. */
export interface HeadJson {
  /** What tells that it is a head. */
  readonly format: "fixed-classifier";
  /** The version of this form. */
  readonly version: 1;
  /** Width N of a row of features. */
  readonly features: number;
  /** Number C of classes. */
  readonly classes: number;
  /** The code with all of its options, arrays as plain ones. */
  readonly code: {
    /** The name of the code. */
    readonly name: CodeName;
    readonly [option: string]: unknown;
  };
  /** The version of the code's vectors. */
  readonly codeVersion: number;
  /** Whether the scale has a gradient. */
  readonly learnScale: boolean;
  /** The scale s. */
  readonly scale: JsonNumber;
  /** One value a class; null without bias. */
  readonly bias: readonly JsonNumber[] | null;
  /** classes × features; null but for the code "learned". */
  readonly weights: readonly JsonNumber[] | null;
}

const FORMAT = "fixed-classifier";
const VERSION = 1;

const failToWrite = (problem: string): never => {
  throw new RangeError(`a head that is written as JSON must be finite: ${problem}`);
};

export function encodeJson(
  { features, classes, code, learnScale }: HeadSettings,
  { scale, bias, weights }: HeadParameters & Pick<LearnedArrays, "weights">,
): HeadJson {
  const numbers = (name: ParameterName, values: Float32Array): JsonNumber[] => {
    checkNumbers(name, values, failToWrite);
    return Array.from(values, toJsonNumber);
  };
  return {
    format: FORMAT,
    version: VERSION,
    features,
    classes,
    code: plainOption(code) as HeadJson["code"],
    codeVersion: CODES[code.name].version,
    learnScale,
    scale: numbers("scale", Float32Array.of(scale))[0] as JsonNumber,
    bias: bias && numbers("bias", bias),
    weights: weights && numbers("weights", weights),
  };
}

const toJsonNumber = (value: number): JsonNumber =>
  value === -Infinity ? "-Infinity" : Object.is(value, -0) ? "-0" : value;

/** An option as JSON can hold it: typed arrays, which a code may have among its own options, as plain ones. */
export function plainOption(option: unknown): unknown {
  if (ArrayBuffer.isView(option)) return Array.from(option as Int32Array);
  if (typeof option !== "object" || option === null || Array.isArray(option)) return option;
  return Object.fromEntries(Object.entries(option).map(([key, value]) => [key, plainOption(value)]));
}

const fail = (problem: string): never => {
  throw new RangeError(`not a head written by toJSON: ${problem}`);
};

const FIELDS = [
  "format",
  "version",
  "features",
  "classes",
  "code",
  "codeVersion",
  "learnScale",
  "scale",
  "bias",
  "weights",
] as const satisfies (keyof HeadJson)[];

/**
 * Sizes and options of the code are for the head to check, which has the same limits.
 *
 * @throws TypeError for what is no object
 * @throws RangeError for an object that is no head
 */
export function decodeJson(json: unknown): DecodedHead {
  if (typeof json !== "object" || json === null || Array.isArray(json) || ArrayBuffer.isView(json)) {
    const hint = typeof json === "string" ? "; parse it with JSON.parse(…)" : "";
    throw new TypeError(`json must be an object that toJSON returned, got ${describe(json)}${hint}`);
  }
  const fields = json as Record<string, unknown>;
  const { format, version, features, classes, learnScale } = fields;
  if (format !== FORMAT) fail(`its format is ${describe(format)}, expected "${FORMAT}"`);
  if (version !== VERSION) {
    fail(`its version is ${describe(version)}, this release reads ${VERSION}; update fixed-classifier`);
  }
  const unknown = Object.keys(fields).find((name) => !(FIELDS as readonly string[]).includes(name));
  if (unknown !== undefined) fail(`it has the field "${unknown}"`);
  if (typeof features !== "number") return fail(`its features is ${describe(features)}, expected a number`);
  if (typeof classes !== "number") return fail(`its classes is ${describe(classes)}, expected a number`);
  if (typeof learnScale !== "boolean") return fail(`its learnScale is ${describe(learnScale)}`);
  const code = readCode(fields);
  const settings: HeadSettings = { features, classes, code, learnScale };
  const [scale] = readNumbers("scale", [fields.scale], 1);
  const [bias, weights] = [fields.bias, fields.weights];
  if ((weights !== null) !== (code.name === "learned")) {
    fail(`its weights is ${describe(weights)}, and its code is "${code.name}"`);
  }
  return {
    settings,
    scale: scale as number,
    bias: bias === null ? null : readNumbers("bias", bias, classes),
    weights: weights === null ? null : readNumbers("weights", weights, classes * features),
  };
}

function readCode({ code, codeVersion }: Record<string, unknown>): CodeOptions {
  const name = (code as CodeOptions | null | undefined)?.name as CodeName;
  if (!CODE_NAMES.includes(name)) {
    fail(`its code is ${describe(name)}, this release has ${CODE_NAMES.join(", ")}; update fixed-classifier`);
  }
  const { version } = CODES[name] as CodeEntry;
  if (codeVersion !== version) {
    fail(
      `its code "${name}" has codeVersion ${describe(codeVersion)}, this release reads ${version}; ` +
        "update fixed-classifier",
    );
  }
  return code as CodeOptions;
}

/** Numbers as they were, bit for bit: a float32 goes through JSON unchanged, so another number was not written by us. */
function readNumbers(name: ParameterName, given: unknown, length: number): Float32Array {
  if (!Array.isArray(given) || given.length !== length) {
    return fail(`its ${name} is ${describe(given)}, expected an array of length ${length}`);
  }
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    const value: unknown = given[i];
    const number = value === "-Infinity" ? -Infinity : value === "-0" ? -0 : value;
    if (typeof number !== "number" || !Object.is(Math.fround(number), number)) {
      fail(`${name}[${i}] is ${describe(value)}, expected a float32 number`);
    }
    values[i] = number as number;
  }
  checkNumbers(name, values, fail);
  return values;
}

/** Options of `fromJSON`. */
export interface JsonOptions {
  /** The backend that computes. Default: the fastest that loads. */
  backend?: Backend;
}

export const readJsonOptions = (options: JsonOptions | null | undefined): JsonOptions =>
  readOptions("fromJSON", options, ["backend"]);
