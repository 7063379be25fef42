import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));

/** The command as recipes call it. */
export const SCORE = [process.execPath, CLI, "score"] as const;

/** What it writes to standard output; what it says where it fails is thrown. */
export function scored(args: readonly string[], input?: Uint8Array): Uint8Array {
  const { status, stdout, stderr } = spawnSync(SCORE[0], [...SCORE.slice(1), ...args], {
    ...(input && { input }),
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr.toString());
  return new Uint8Array(stdout);
}
