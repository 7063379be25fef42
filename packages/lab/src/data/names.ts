import { basename } from "node:path";

/** What the names of files, folders and arrays say of what they hold. */

export type PartName = "train" | "validation" | "test";
export type Role = "inputs" | "labels" | "groups";

const PARTS: Readonly<Record<string, PartName>> = {
  train: "train",
  training: "train",
  val: "validation",
  valid: "validation",
  validation: "validation",
  dev: "validation",
  test: "test",
  testing: "test",
  t10k: "test",
  eval: "test",
};

const ROLES: Readonly<Record<string, Role>> = {
  x: "inputs",
  images: "inputs",
  image: "inputs",
  inputs: "inputs",
  input: "inputs",
  features: "inputs",
  feature: "inputs",
  embeddings: "inputs",
  embedding: "inputs",
  vectors: "inputs",
  data: "inputs",
  y: "labels",
  labels: "labels",
  label: "labels",
  targets: "labels",
  target: "labels",
  classes: "labels",
  class: "labels",
  groups: "groups",
  group: "groups",
};

export interface Meaning {
  readonly part: PartName | null;
  readonly role: Role | null;
}

/** "train_x_f16.npy" holds inputs for training, "t10k-labels-idx1-ubyte.gz" labels for the test, "yTest" as well. */
export function meaningOf(name: string): Meaning {
  const words = basename(name)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const first = <T>(meanings: Readonly<Record<string, T>>): T | null => {
    const word = words.find((some) => Object.hasOwn(meanings, some));
    return word === undefined ? null : meanings[word];
  };
  return { part: first(PARTS), role: first(ROLES) };
}

/** The column of a table that holds the classes, where it is not named. */
export const LABEL_COLUMNS = ["label", "class", "target", "y"] as const;

/** Files that name the classes, number by number. */
export const CLASS_NAMES = [
  "classes.txt",
  "classes.json",
  "class_names.txt",
  "class_names.json",
  "labels.json",
];
