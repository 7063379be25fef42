import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where tools keep what they can fetch again, and nothing looks at it. */
const CACHE = fileURLToPath(new URL("../node_modules/.cache", import.meta.url));

/**
 * The folder of a package that is too large to be installed for an example alone: fetched once by `npm pack` and checked.
 * @param {{ name: string, version: string, integrity: string }} wanted `integrity` as a lock file has it
 */
export function packageFolder({ name, version, integrity }) {
  const folder = join(CACHE, `${name.replace("/", "-")}-${version}`);
  if (existsSync(folder)) return join(folder, "package");
  mkdirSync(CACHE, { recursive: true });
  const part = mkdtempSync(join(CACHE, "part-"));
  try {
    const packed = run(
      "npm",
      ["pack", `${name}@${version}`, "--loglevel=error", "--ignore-scripts"],
      part,
    ).trim();
    const digest = createHash("sha512")
      .update(readFileSync(join(part, packed)))
      .digest("base64");
    if (`sha512-${digest}` !== integrity)
      throw new Error(`${packed} is not the file that this example was written with`);
    run("tar", ["-xzf", packed], part);
    rmSync(join(part, packed));
    renameSync(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return join(folder, "package");
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: "utf8", shell: process.platform === "win32" });
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed: ${result.error?.message ?? result.stderr}`);
  return result.stdout;
}
