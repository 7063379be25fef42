import { readdir, stat } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { Problem, unreadable } from "fixed-classifier-models/files";

/** A model that is to be served: what it is called and where it lies. */
export interface ModelPlace {
  readonly name: string;
  readonly path: string;
}

/** One version of it: the head's file and what stands beside it. */
export interface VersionPlace {
  readonly version: string;
  readonly head: string;
  readonly backbone?: string;
  readonly labels?: string;
  readonly settings?: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const HEADS = ["head.safetensors", "head.json"];

/** "[NAME=]PATH": without a name, that of the file or folder. */
export function placeOf(given: string): ModelPlace {
  const at = given.indexOf("=");
  const before = given.slice(0, Math.max(at, 0));
  return NAME.test(before) ? placeAt(given.slice(at + 1), before) : placeAt(given);
}

/** The same of a name and a path that are known apart. */
export function placeAt(path: string, name = nameOf(path)): ModelPlace {
  if (path === "") throw new Problem(`the model "${name}" has no path; give NAME=PATH`);
  if (!NAME.test(name)) {
    throw new Problem(
      `the model ${path}: "${name}" is no name for a model, which has letters, digits, ".", "_" and "-"; give it one: NAME=${path}`,
    );
  }
  return { name, path };
}

function nameOf(path: string): string {
  const file = basename(path);
  const extension = extname(file);
  return extension === ".safetensors" || extension === ".json" ? basename(file, extension) : file;
}

/** The versions of a model as they lie on disc now, oldest first: a file or a folder is version 1, folders named by numbers are versions. */
export async function versionsOf({ path }: ModelPlace): Promise<VersionPlace[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (error) => {
      throw unreadable(path, error);
    },
  );
  if (!isFolder) {
    const extension = extname(path);
    if (extension !== ".safetensors" && extension !== ".json") {
      throw new Problem(`${path} is no head: its name must end in .safetensors or .json`);
    }
    return [{ version: "1", head: path }];
  }
  const inside = await folder(path);
  const numbers = inside.filter((name) => /^[1-9]\d{0,14}$/.test(name)).sort((a, b) => Number(a) - Number(b));
  const hasHead = HEADS.some((name) => inside.includes(name));
  if (numbers.length > 0 && hasHead) {
    throw new Problem(`${path} has both a head and folders of versions; move the head to one of these`);
  }
  if (numbers.length === 0) return [versionIn(path, "1", inside)];
  return Promise.all(
    numbers.map(async (version) =>
      versionIn(join(path, version), version, await folder(join(path, version))),
    ),
  );
}

function versionIn(path: string, version: string, inside: readonly string[]): VersionPlace {
  const heads = HEADS.filter((name) => inside.includes(name));
  if (heads.length !== 1) {
    throw new Problem(
      heads.length === 0
        ? `${path} has no ${HEADS.join(" or ")}, and no folders of versions named 1, 2, …`
        : `${path} has both ${HEADS.join(" and ")}; remove one`,
    );
  }
  return {
    version,
    head: join(path, heads[0]),
    ...(inside.includes("backbone.onnx") && { backbone: join(path, "backbone.onnx") }),
    ...(inside.includes("labels.txt") && { labels: join(path, "labels.txt") }),
    ...(inside.includes("model.yaml") && { settings: join(path, "model.yaml") }),
  };
}

async function folder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}
