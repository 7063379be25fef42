import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { Ajv, type ErrorObject } from "ajv";
import { Problem, unreadable } from "fixed-classifier-models/files";
import { parse } from "yaml";
import type { BatchingSettings } from "../execution/batcher.js";
import type { ExecutionSettings } from "../execution/execution.js";
import { type ModelPlace, placeAt, placeOf } from "../models/places.js";
import type { TlsFiles } from "../security/index.js";
import type { GateLimits } from "./gate.js";
import { SCHEMA } from "./schema.js";

/** All that a server can be told, with every default filled in. */
export interface ServerSettings {
  readonly models: readonly ModelPlace[];
  readonly host: string;
  readonly rest: { readonly port: number; readonly keepAliveSeconds: number };
  readonly grpc: {
    readonly isEnabled: boolean;
    readonly port: number;
    readonly maxMessageBytes?: number;
    readonly callsPerConnection: number;
  };
  readonly security: SecurityFiles;
  readonly execution: ExecutionSettings;
  readonly limits: GateLimits & {
    readonly requestBytes: number;
    readonly answerBytes: number;
    readonly requestSeconds: number;
    readonly stallSeconds: number;
  };
  readonly shutdown: { readonly drainSeconds: number; readonly finishSeconds: number };
  readonly log: { readonly level: string; readonly access: boolean };
  readonly tracing: boolean;
}

export interface SecurityFiles {
  readonly keys?: string;
  readonly tls?: TlsFiles;
}

interface Given extends Omit<ServerSettings, "models" | "execution"> {
  models: { name?: string; path: string }[];
  execution: Omit<ExecutionSettings, "batching" | "workers"> & { workers?: number };
  batching: BatchingSettings;
}

/** What flags say, in the shape of the file; it goes before what the file says. */
export type Flags = { readonly [Key in keyof Given]?: object | string | undefined };

const validate = new Ajv({ useDefaults: true, allErrors: false }).compile<Given>(SCHEMA);

/** The settings of a file and of flags. Paths in a file start from where the file is. */
export function settingsOf(
  path: string | undefined,
  flags: Flags,
  models: readonly string[],
): ServerSettings {
  const file: unknown = path === undefined ? {} : fileOf(path);
  check(file, path ?? "");
  const given: unknown = merged(path === undefined ? file : located(file, dirname(path)), flags);
  check(given, "the options");
  const places = [...models.map(placeOf), ...given.models.map(({ name, path }) => placeAt(path, name))];
  if (places.length === 0) throw new Problem("there is no model to serve; give one: --model [NAME=]PATH");
  const { batching, execution, limits } = given;
  for (const [key, size = 0] of [
    ["limits: requestBytes", limits.requestBytes],
    ["grpc: maxMessageBytes", given.grpc.maxMessageBytes],
  ] as const) {
    if (size <= limits.bytesInFlight) continue;
    throw new Problem(
      `${key} is ${size}, but limits: bytesInFlight only ${limits.bytesInFlight}; no such request would ever be taken`,
    );
  }
  const workers = execution.workers ?? Math.max(1, availableParallelism() - 1);
  // A larger answer would find no room, however often the client came again.
  const answerBytes = Math.min(limits.answerBytes, limits.bytesInFlight);
  return {
    ...given,
    models: places,
    execution: { ...execution, workers, batching },
    limits: { ...limits, answerBytes },
  };
}

/** The same with paths that start from a folder. */
function located(given: Given, folder: string): Given {
  const { keys, tls } = given.security;
  const files = tls && Object.entries(tls).map(([name, path]) => [name, resolve(folder, path)]);
  return {
    ...given,
    models: given.models.map((model) => ({ ...model, path: resolve(folder, model.path) })),
    security: {
      ...(keys !== undefined && { keys: resolve(folder, keys) }),
      ...(files !== undefined && { tls: Object.fromEntries(files) }),
    },
  };
}

function fileOf(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable(path, error);
  }
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    throw new Problem(`${path}: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Problem(`${path} must be a mapping of keys to values`);
  }
  return value;
}

function merged(file: object, flags: object): unknown {
  const all: Record<string, unknown> = { ...file };
  for (const [key, value] of Object.entries(flags)) {
    if (value === undefined) continue;
    const before = all[key];
    all[key] = typeof value === "object" ? { ...(before as object), ...defined(value) } : value;
  }
  return all;
}

const defined = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, inside]) => inside !== undefined));

function check(given: unknown, where: string): asserts given is Given {
  if (!validate(given)) throw new Problem(`${where}: ${said((validate.errors as ErrorObject[])[0])}`);
}

function said({ instancePath, keyword, params, message }: ErrorObject): string {
  const key = instancePath.slice(1).replaceAll("/", ".");
  const at = key === "" ? "it" : key;
  if (keyword === "additionalProperties") return `${at} has no key "${params.additionalProperty}"`;
  const values = keyword === "enum" ? `: ${params.allowedValues.join(", ")}` : "";
  return `${at} ${message}${values}`;
}
