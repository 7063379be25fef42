import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";

/**
 * Files of options are named from where the command was given. Whoever goes on from elsewhere means the same files; where these are gone, as all
 * was moved together, the names are taken from here.
 */
export function pathsFrom(from: unknown): (path: string) => string {
  return (path) => {
    if (typeof from !== "string" || from === process.cwd()) return path;
    const meant = resolve(from, path);
    return existsSync(meant) ? relative("", meant) || "." : path;
  };
}

/** Those among the options of a file, as they stand there; groups may be a column, which is no file. */
export function placed(file: Readonly<Record<string, unknown>>, place: (path: string) => string) {
  const moved = ["ood", "groups"].flatMap((name) => {
    const given = file[name];
    if (typeof given === "string") return [[name, given.split(",").map(place).join(",")]];
    return Array.isArray(given)
      ? [[name, given.map((path: unknown) => (typeof path === "string" ? place(path) : path))]]
      : [];
  });
  return { ...file, ...Object.fromEntries(moved) };
}
