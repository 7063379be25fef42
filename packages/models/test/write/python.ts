import { spawnSync } from "node:child_process";

/** A Python that has PyTorch; null where there is none, and tests that need it are skipped with this word. */
export const python: string | null =
  [process.env.FIXED_CLASSIFIER_PYTHON, "python3", "/usr/bin/python3"].find(
    (command) => command !== undefined && spawnSync(command, ["-c", "import torch"]).status === 0,
  ) ?? null;

export const needsTorch = python === null ? " (skipped: no python3 with torch)" : "";

/** Runs a script; its standard output. */
export function runPython(script: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(python as string, ["-c", script, ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
