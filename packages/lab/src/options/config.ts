import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { Problem } from "../problem.js";

/** A YAML file of options by their names. */
export function readConfig(path: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8"));
  } catch (error) {
    const { message } = error as Error;
    throw new Problem(`${path} cannot be read as YAML: ${message.split("\n")[0]}`, { cause: error });
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new Problem(`${path} has no options: write one a line, as in "epochs: 20"`);
  }
  return content as Record<string, unknown>;
}

export const writeConfig = (options: object): string => stringify(options);
