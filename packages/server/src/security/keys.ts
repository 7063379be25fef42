import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { Problem, unreadable } from "fixed-classifier-models/files";
import { InferenceError } from "../inference/errors.js";

/** Where keys come from when no file is named: a command line can be read by every user of the machine, an environment cannot. */
export const KEYS_VARIABLE = "FIXED_CLASSIFIER_API_KEYS";

/** Below this a key can be guessed by trying: 16 characters of base64 are 96 bits. */
const SHORTEST = 16;

/** The keys that open the server. Only their hashes are kept: all of one length, so that comparing them tells nothing by its time. */
export class ApiKeys {
  private readonly hashes: readonly Buffer[];

  constructor(keys: readonly string[]) {
    this.hashes = keys.map(hash);
  }

  /** Why a request with these headers is refused; undefined if it is not. */
  refuse(authorization: string | undefined, apiKey: string | undefined): InferenceError | undefined {
    const key = apiKey ?? bearerOf(authorization);
    if (key === undefined) {
      return new InferenceError(
        "unauthenticated",
        "this server wants an API key: send it as `authorization: Bearer KEY` or `x-api-key: KEY`",
      );
    }
    if (this.has(key)) return undefined;
    return new InferenceError("unauthenticated", "the API key is none of this server's");
  }

  /** All are compared, whichever it is. */
  private has(key: string): boolean {
    const given = hash(key);
    let found = false;
    for (const known of this.hashes) found = timingSafeEqual(known, given) || found;
    return found;
  }
}

/** Keys of a file, one a line, or of the environment, with commas or lines between them; undefined if there are none. */
export function readKeys(
  file: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ApiKeys | undefined {
  if (file !== undefined) return new ApiKeys(checked(linesOf(file), file));
  const variable = environment[KEYS_VARIABLE];
  if (variable === undefined) return undefined;
  return new ApiKeys(checked(variable.split(/[,\n]/), KEYS_VARIABLE));
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Empty lines and comments are no keys; a message names the line, never what is in it. */
function checked(lines: readonly string[], place: string): string[] {
  const keys: string[] = [];
  for (const [i, line] of lines.entries()) {
    const key = line.trim();
    if (key === "" || key.startsWith("#")) continue;
    const where = `${place}: key ${i + 1}`;
    if (!/^[\x21-\x7e]+$/.test(key)) {
      throw new Problem(`${where} has characters that no header can carry; use letters, digits and signs`);
    }
    if (key.length < SHORTEST) {
      throw new Problem(
        `${where} has ${key.length} characters; use ${SHORTEST} or more, as \`openssl rand -base64 32\` makes`,
      );
    }
    keys.push(key);
  }
  if (keys.length === 0) throw new Problem(`${place} has no key; write one a line, or leave it out`);
  return keys;
}

function bearerOf(authorization: string | undefined): string | undefined {
  return authorization?.match(/^bearer +(\S+) *$/i)?.[1];
}

const hash = (key: string): Buffer => createHash("sha256").update(key).digest();
