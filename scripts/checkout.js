// A copy of the checkout, for builds that must not mix with the ordinary one. It stays for the next time, which then compiles
// only what changed.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fromRoot, root } from "./paths.js";

/** Built, so not known to git. */
const BUILT = ["dist", "lib/backends/wasm/binary.ts", "lib/backends/wasm/simd128.wasm"];
/** What a new copy of the sources leaves alone, at any depth. */
const KEPT = ["build", "node_modules"];

/**
 * Makes `copy` hold what this checkout holds, committed or not.
 * @param {string} copy a folder
 */
export function copyCheckout(copy) {
  const { stdout } = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const sources = stdout.split("\0").filter((name) => name !== "" && existsSync(fromRoot(name)));
  mkdirSync(copy, { recursive: true });
  removeOthers(copy, new Set(sources.map((name) => join(copy, name))));
  for (const name of [...sources, ...BUILT]) {
    cpSync(fromRoot(name), join(copy, name), { recursive: true, preserveTimestamps: true });
  }
}

/**
 * @param {string} folder
 * @param {Set<string>} wanted the files that stay
 */
function removeOthers(folder, wanted) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (KEPT.includes(entry.name) || wanted.has(path)) continue;
    if (!entry.isDirectory()) {
      rmSync(path);
      continue;
    }
    removeOthers(path, wanted);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}

/**
 * Runs a command on the terminal; ends the process if it fails.
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env added to that of this process
 */
export function runIn(cwd, command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status === 0) return;
  if (error) console.error(error.message);
  process.exit(status ?? 1);
}
