import { type Dirent, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Problem } from "../problem.js";
import { unreadable } from "./bytes.js";
import { isData } from "./formats/index.js";
import { holdsImages } from "./images.js";
import { CLASS_NAMES, type Meaning, meaningOf, type PartName, type Role } from "./names.js";
import { shardsOf } from "./shards.js";

/** Where the rows of a part are: files of its inputs, labels and groups, or a folder of images by class. */
export type Place =
  | {
      readonly kind: "files";
      readonly inputs: string;
      /** Further files whose rows follow. */
      readonly more: readonly string[];
      readonly labels: string | null;
      readonly groups: string | null;
    }
  | { readonly kind: "images"; readonly folder: string };

export interface Plan {
  readonly name: string;
  /** Without marks of parts, all is the training part, and the others are split off. */
  readonly parts: ReadonlyMap<PartName, Place>;
  /** A file that names the classes. */
  readonly classNames: string | null;
  /** Files of a folder that are passed over, since others say what they hold and these do not. */
  readonly unused: readonly string[];
}

/** What the paths of a command hold, told by names alone. */
export function discover(paths: readonly string[]): Plan {
  if (paths.length === 0)
    throw new Problem("No data are named. Name a file, a file of inputs and one of labels, or a folder");
  const [first] = paths;
  const whole = basename(resolve(first));
  const name = isFolder(first) ? whole : whole.replace(/\.gz$/i, "").replace(/\.\w+$/, "");
  if (paths.length > 1 && !paths.some(isFolder)) return { name, ...filesOf(paths, paths.join(", ")) };
  if (paths.length === 1) {
    if (isFolder(paths[0])) return { name, ...folderOf(paths[0]) };
    const place: Place = { kind: "files", inputs: paths[0], more: [], labels: null, groups: null };
    return { name, parts: new Map([["train", place]]), classNames: null, unused: [] };
  }
  return { name, parts: partFolders(paths), classNames: null, unused: [] };
}

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
};

type Found = Omit<Plan, "name">;

function folderOf(folder: string): Found {
  const entries = listed(folder);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const classNames = CLASS_NAMES.find((name) => files.includes(name));
  const named = classNames === undefined ? null : join(folder, classNames);
  const all = files.filter((file) => isData(file) && !CLASS_NAMES.includes(file) && !isProse(file));
  const inParts = folders.some((inner) => meaningOf(inner).part === "train");
  const { data, unused } = sayingWhat(all, inParts);
  if (data.length > 0) {
    const { parts } = filesOf(
      data.map((file) => join(folder, file)),
      folder,
    );
    return { parts, classNames: named, unused: unused.map((file) => join(folder, file)) };
  }
  if (inParts) {
    const marked = folders.filter((inner) => meaningOf(inner).part !== null);
    const parts = partFolders(marked.map((inner) => join(folder, inner)));
    return { parts, classNames: named, unused: unused.map((file) => join(folder, file)) };
  }
  if (holdsImages(folder))
    return { parts: new Map([["train", { kind: "images", folder }]]), classNames: null, unused: [] };
  throw new Problem(
    `${folder} holds no data that can be read. It should hold data files, folders of images named after their classes, or folders train and test of such`,
  );
}

/** Where some files tell by their names what they hold, or folders do, those that do not are beside the point: metadata.csv. */
function sayingWhat(files: readonly string[], inParts: boolean): { data: string[]; unused: string[] } {
  const silent = files.filter((file) => meaningOf(file).part === null && meaningOf(file).role === null);
  const speaks =
    inParts || files.some((file) => meaningOf(file).part !== null || meaningOf(file).role === "inputs");
  const unused = speaks ? silent : [];
  return { data: files.filter((file) => !unused.includes(file)), unused };
}

/** A text file that is not said to hold labels or groups: a licence, say. */
const isProse = (file: string): boolean =>
  /\.txt(\.gz)?$/i.test(file) && !["labels", "groups"].includes(meaningOf(file).role ?? "");

/** Folders, or folders and files, that are a part each. */
function partFolders(paths: readonly string[]): Map<PartName, Place> {
  const parts = new Map<PartName, Place>();
  for (const path of paths) {
    const part = meaningOf(path).part ?? "train";
    if (parts.has(part)) throw new Problem(`${path} is a second ${part} part. Name one path a part`);
    const inner = isFolder(path) ? folderOf(path).parts : filesOf([path], path).parts;
    const [place] = inner.values();
    if (inner.size !== 1 || place === undefined)
      throw new Problem(`${path} holds ${[...inner.keys()].join(", ")}, where one part is looked for`);
    parts.set(part, place);
  }
  return parts;
}

function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.name.startsWith("."));
  } catch (error) {
    throw unreadable(folder, error);
  }
}

/** Files put together by what their names say: a file a part, or a file of inputs and one of labels. */
function filesOf(all: readonly string[], where: string): Found {
  const shards = shardsOf(all);
  const paths = [...shards.keys()];
  const meanings = paths.map((path) => ({ path, ...meaningOf(path) }));
  const [first, second] = meanings;
  if (paths.length === 2 && arePair(first, second)) {
    const swapped = first.role === "labels" || second.role === "inputs";
    const [inputs, labels] = swapped ? [second.path, first.path] : [first.path, second.path];
    return {
      parts: new Map([[first.part ?? "train", { kind: "files", inputs, more: [], labels, groups: null }]]),
      classNames: null,
      unused: [],
    };
  }
  const found = new Map<PartName, Map<Role, string>>();
  for (const { path, part, role } of meanings) {
    const files = found.get(part ?? "train") ?? new Map<Role, string>();
    const other = files.get(role ?? "inputs");
    if (other !== undefined) {
      throw new Problem(
        `${where}: ${basename(other)} and ${basename(path)} could both be the ${role ?? "inputs"} of the ${part ?? "train"} part. Name the files that are meant, or put train, val or test and x or y into their names`,
      );
    }
    found.set(part ?? "train", files.set(role ?? "inputs", path));
  }
  const parts = new Map<PartName, Place>();
  for (const [part, files] of found) {
    const inputs = files.get("inputs");
    if (inputs === undefined) {
      const [alone] = files.values();
      throw new Problem(
        `${alone} has no inputs beside it. Name the file of the ${part} part's inputs as well`,
      );
    }
    parts.set(part, {
      kind: "files",
      inputs,
      more: shards.get(inputs) ?? [],
      labels: files.get("labels") ?? null,
      groups: files.get("groups") ?? null,
    });
  }
  return { parts, classNames: null, unused: [] };
}

/** Whether two files are inputs and labels of one part: one of them may have a name that does not say which. */
function arePair(a: Meaning, b: Meaning): boolean {
  const roles = [a.role, b.role];
  if (roles.includes("groups")) return false;
  if (a.part === b.part) return a.role !== b.role || a.role === null;
  return roles.includes("labels") && a.role !== b.role;
}
