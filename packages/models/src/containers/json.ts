/** JSON of files that others wrote: checked where it is looked at, and a key that is given twice is an error, since readers differ in which counts. */

import { Problem } from "../problem.js";
import { type Bytes, readAll } from "./bytes.js";

export type JsonObject = { readonly [key: string]: unknown };

/** Topologies of large networks have some megabytes; weights are no JSON. */
const MOST_BYTES = 100_000_000;
/** Deeper than any model, and far from what JSON.parse or a recursion can bear. */
const MOST_DEEP = 256;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Of a model that nests layers in layers, and so its JSON. */
export const readJson = (bytes: Bytes): unknown => parseJson(readAll(bytes, MOST_BYTES), bytes.path);

export function readObject(bytes: Bytes): JsonObject {
  const value = readJson(bytes);
  if (!isObject(value)) throw new Problem(`${bytes.path} has no JSON object`);
  return value;
}

/** @param place where the text stands, for messages */
export function parseJson(bytes: Uint8Array, place: string): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new Problem(`${place} is no JSON: it is not valid UTF-8`, { cause: error });
  }
  checkNesting(text, place);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(`${place} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Only what opens, parts and closes, and keys; what else there is between them JSON.parse checks. */
function checkNesting(text: string, place: string): void {
  const open: (Set<string> | null)[] = [];
  let string = "";
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') {
      const start = at;
      at = endOfString(text, start);
      string = text.slice(start, at + 1);
    } else if (mark === "{" || mark === "[") {
      if (open.length === MOST_DEEP)
        throw new Problem(`${place} is no JSON of a model: it nests more than ${MOST_DEEP} deep`);
      open.push(mark === "{" ? new Set() : null);
    } else if (mark === "}" || mark === "]") open.pop();
    else if (mark === ":") {
      const keys = open.at(-1);
      const key = string.includes("\\") ? unescaped(string) : string;
      if (keys?.has(key)) throw new Problem(`${place} has the key ${key} twice in one object`);
      keys?.add(key);
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === "\\") at++;
  }
  return text.length;
}

/** The same key may be written in several ways. */
function unescaped(quoted: string): string {
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
