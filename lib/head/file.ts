/** A head as a safetensors file: docs/file-format.md. */

import type { HeadParameters } from "../backends/backend.js";
import { describe } from "../checks.js";
import type { CodeEntry, HeadShape } from "../codes/code.js";
import { CODE_NAMES, CODES, type CodeName, type CodeOptions } from "../codes/index.js";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "../formats/safetensors.js";
import { checkNumbers, type ParameterName } from "./finite.js";
import { checkAssignment, checkLimits, type Limits } from "./limits.js";
import type { HeadSettings } from "./options.js";

const FORMAT = "fixed-classifier";
const VERSION = "1";
/** Prefix of the names of what belongs to the code, in the metadata and among the tensors. */
const CODE_PREFIX = "code.";

export interface DecodedHead {
  readonly settings: HeadSettings;
  readonly scale: number;
  readonly bias: Float32Array | null;
  readonly weights: Float32Array | null;
}

const f32 = (shape: readonly number[], data: Float32Array): Tensor => ({ dtype: "F32", shape, data });

export function encodeHead(
  { features, classes, code, learnScale }: HeadSettings,
  { scale, bias, weights }: HeadParameters & Pick<DecodedHead, "weights">,
): Uint8Array {
  const { name, ...options } = code;
  const { version, encode } = CODES[name] as CodeEntry;
  const own = encode(options, { features, classes });
  const tensors = new Map([["scale", f32([1], Float32Array.of(scale))]]);
  if (bias !== null) tensors.set("bias", f32([classes], bias));
  if (weights !== null) tensors.set("weights", f32([classes, features], weights));
  for (const [what, { data }] of tensors)
    checkNumbers(what as ParameterName, data as Float32Array, failToWrite);
  const metadata = new Map<string, string>(
    Object.entries({
      format: FORMAT,
      version: VERSION,
      features: String(features),
      classes: String(classes),
      learnScale: String(learnScale),
      code: name,
      codeVersion: String(version),
    }),
  );
  for (const [key, text] of own.strings) metadata.set(CODE_PREFIX + key, text);
  for (const [key, tensor] of own.tensors) tensors.set(CODE_PREFIX + key, tensor);
  return encodeSafetensors({ tensors, metadata });
}

const fail = (problem: string): never => {
  throw new RangeError(`not a head written by toSafetensors: ${problem}`);
};

const failToWrite = (problem: string): never => {
  throw new RangeError(`a head that is written to a file must be finite: ${problem}`);
};

/** @throws RangeError for what is no head, or one that the limits do not allow */
export function decodeHead(bytes: unknown, limits: Limits): DecodedHead {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const settings = readSettings(metadata, tensors, limits);
  const { features, classes, code } = settings;
  const read = (name: ParameterName, ...shape: number[]): Float32Array =>
    readF32(name, tensors.get(name), shape);
  return {
    settings,
    scale: read("scale", 1)[0] as number,
    bias: tensors.has("bias") ? read("bias", classes) : null,
    weights: code.name === "learned" ? read("weights", classes, features) : null,
  };
}

function readSettings(
  metadata: ReadonlyMap<string, string>,
  tensors: ReadonlyMap<string, Tensor>,
  limits: Limits,
): HeadSettings {
  const text = (key: string): string | undefined => metadata.get(key);
  if (text("format") !== FORMAT) fail(`its format is ${describe(text("format"))}, expected "${FORMAT}"`);
  if (text("version") !== VERSION) {
    fail(
      `its version is ${describe(text("version"))}, this release reads ${VERSION}; update fixed-classifier`,
    );
  }
  const integer = (key: string): number => {
    const value = text(key) ?? "";
    return /^\d{1,10}$/.test(value)
      ? Number(value)
      : fail(`its ${key} is ${describe(text(key))}, expected an integer`);
  };
  const learnScale = text("learnScale");
  if (learnScale !== "true" && learnScale !== "false") fail(`its learnScale is ${describe(learnScale)}`);
  const [features, classes] = [integer("features"), integer("classes")];
  const name = readCodeName(metadata);
  checkLimits({ features, classes, code: name }, limits);
  const code = readCode({ features, classes }, name, metadata, tensors);
  checkAssignment(code, limits);
  return { features, classes, code, learnScale: learnScale === "true" };
}

function readCodeName(metadata: ReadonlyMap<string, string>): CodeName {
  const name = metadata.get("code") as CodeName;
  if (!CODE_NAMES.includes(name)) {
    fail(`its code is ${describe(name)}, this release has ${CODE_NAMES.join(", ")}; update fixed-classifier`);
  }
  return name;
}

function readCode(
  shape: HeadShape,
  name: CodeName,
  metadata: ReadonlyMap<string, string>,
  tensors: ReadonlyMap<string, Tensor>,
): CodeOptions {
  const { version, decode } = CODES[name] as CodeEntry;
  const found = metadata.get("codeVersion");
  if (found !== String(version)) {
    fail(
      `its code "${name}" has codeVersion ${describe(found)}, this release reads ${version}; update fixed-classifier`,
    );
  }
  try {
    return { name, ...decode({ strings: own(metadata), tensors: own(tensors) }, shape) } as CodeOptions;
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** The entries of the code, by the names that it gave them. */
const own = <T>(entries: ReadonlyMap<string, T>): Map<string, T> =>
  new Map(
    [...entries]
      .filter(([key]) => key.startsWith(CODE_PREFIX))
      .map(([key, value]) => [key.slice(CODE_PREFIX.length), value]),
  );

function readF32(name: ParameterName, tensor: Tensor | undefined, shape: readonly number[]): Float32Array {
  if (tensor?.dtype !== "F32" || String(tensor.shape) !== String(shape)) {
    return fail(`tensor ${name} must be F32 of shape [${shape.join(", ")}]`);
  }
  const data = tensor.data as Float32Array;
  checkNumbers(name, data, fail);
  return data;
}
