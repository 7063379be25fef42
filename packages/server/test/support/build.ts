import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const built = join(root, "dist/cli.js");

/** Once, before the tests of all files: workers and commands run as they are compiled. */
export function setup(): void {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const newest = Math.max(...sources.map((name) => statSync(join(root, "src", name)).mtimeMs));
  const last = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (newest < last) return;
  const tsc = join(root, "../node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
}
