/**
 * A head as a safetensors file: 8 bytes of header length (little-endian), a JSON header, raw little-endian tensors.
 * https://github.com/huggingface/safetensors describes the format.
 */

import type { HeadParameters } from "./backends/backend.js";
import { checkArray, describe } from "./checks.js";
import type { HeadSettings } from "./classifier.js";
import { CODE_NAMES, CODE_VERSIONS, type CodeName } from "./codes/index.js";

const FORMAT = "fixed-classifier";
const VERSION = 1;
/** The limit of the reference implementation; a longer header is a damaged file. */
const MAX_HEADER = 100_000_000;

export interface DecodedHead {
  readonly settings: HeadSettings;
  readonly scale: number;
  readonly bias: Float32Array | null;
  readonly weights: Float32Array | null;
}

export function encodeHead(
  settings: HeadSettings,
  { scale, bias, weights }: HeadParameters & Pick<DecodedHead, "weights">,
): Uint8Array {
  const { features, classes, code } = settings;
  const tensors: [string, readonly number[], Float32Array][] = [["scale", [1], Float32Array.of(scale)]];
  if (bias !== null) tensors.push(["bias", [classes], bias]);
  if (weights !== null) tensors.push(["weights", [classes, features], weights]);
  const header: Record<string, unknown> = {
    __metadata__: {
      format: FORMAT,
      version: String(VERSION),
      codeVersion: String(CODE_VERSIONS[code]),
      ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
    },
  };
  let end = 0;
  for (const [name, shape, { length }] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + 4 * length] };
    end += 4 * length;
  }
  // Spaces after the header align the tensors, as the reference implementation does.
  let json = JSON.stringify(header);
  json = json.padEnd(Math.ceil(json.length / 8) * 8);
  const bytes = new Uint8Array(8 + json.length + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(json.length), true);
  new TextEncoder().encodeInto(json, bytes.subarray(8));
  let at = 8 + json.length;
  for (const [, , values] of tensors) {
    for (const value of values) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

const fail = (problem: string): never => {
  throw new RangeError(`not a head written by toSafetensors: ${problem}`);
};

export function decodeHead(bytes: Uint8Array): DecodedHead {
  checkArray("bytes", bytes, "Uint8Array");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) fail(`the file has ${bytes.length} bytes, too few for a safetensors header`);
  const headerLength = view.getBigUint64(0, true);
  if (headerLength > MAX_HEADER || headerLength > bytes.length - 8) {
    fail(
      `its header should have ${headerLength} bytes, ${bytes.length - 8} are there; truncated, or another format`,
    );
  }
  const data = 8 + Number(headerLength);
  const header = parseHeader(bytes.subarray(8, data));
  const settings = readSettings(header.__metadata__);
  const { features, classes, code } = settings;
  const tensor = (name: string, ...shape: number[]): Float32Array =>
    readTensor(name, header[name], shape, view, data);
  const scale = tensor("scale", 1)[0] as number;
  if (!Number.isFinite(scale)) fail(`its scale is ${scale}`);
  return {
    settings,
    scale,
    bias: header.bias === undefined ? null : tensor("bias", classes),
    weights: code === "learned" ? tensor("weights", classes, features) : null,
  };
}

function parseHeader(json: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
    if (typeof header === "object" && header !== null) return header as Record<string, unknown>;
  } catch {
    // told below, as for JSON that is no object
  }
  return fail("its header is no JSON object");
}

function readSettings(metadata: unknown): HeadSettings {
  if (typeof metadata !== "object" || metadata === null) return fail("its header has no __metadata__");
  const entries = metadata as Record<string, unknown>;
  if (entries.format !== FORMAT) fail(`its format is ${describe(entries.format)}, expected "${FORMAT}"`);
  if (entries.version !== String(VERSION)) {
    fail(
      `its version is ${describe(entries.version)}, this release reads ${VERSION}; update fixed-classifier`,
    );
  }
  if (!CODE_NAMES.includes(entries.code as CodeName)) {
    fail(
      `its code is ${describe(entries.code)}, this release has ${CODE_NAMES.join(", ")}; update fixed-classifier`,
    );
  }
  const code = entries.code as CodeName;
  if (entries.codeVersion !== String(CODE_VERSIONS[code])) {
    fail(
      `its code "${code}" has codeVersion ${describe(entries.codeVersion)}, this release reads ` +
        `${CODE_VERSIONS[code]}; update fixed-classifier`,
    );
  }
  const integer = (key: string): number => {
    const text = entries[key];
    if (typeof text !== "string" || !/^\d{1,10}$/.test(text)) {
      return fail(`its ${key} is ${describe(text)}, expected an integer`);
    }
    return Number(text);
  };
  const flag = (key: string): boolean => {
    const text = entries[key];
    if (text !== "true" && text !== "false") return fail(`its ${key} is ${describe(text)}`);
    return text === "true";
  };
  return {
    features: integer("features"),
    classes: integer("classes"),
    code,
    learnScale: flag("learnScale"),
    seed: integer("seed"),
    allowDuplicates: flag("allowDuplicates"),
  };
}

function readTensor(
  name: string,
  entry: unknown,
  shape: readonly number[],
  view: DataView,
  data: number,
): Float32Array {
  const { dtype, shape: found, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const length = shape.reduce((product, size) => product * size);
  if (dtype !== "F32" || JSON.stringify(found) !== JSON.stringify(shape)) {
    fail(`tensor ${name} must be F32 of shape [${shape.join(", ")}]`);
  }
  const [start, end] = (Array.isArray(offsets) ? offsets : []) as unknown[];
  if (!Number.isSafeInteger(start) || (start as number) < 0 || end !== (start as number) + 4 * length) {
    fail(`tensor ${name} has the wrong data_offsets`);
  }
  if (data + (end as number) > view.byteLength) {
    fail(
      `tensor ${name} ends at byte ${data + (end as number)} of ${view.byteLength}; the file is truncated`,
    );
  }
  return Float32Array.from({ length }, (_, i) => view.getFloat32(data + (start as number) + 4 * i, true));
}
