// Compiles lib/ to dist/, from nothing: a file whose source is gone must not stay in the package.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fromRoot, root } from "./paths.js";

rmSync(fromRoot("dist"), { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [fromRoot("node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
  { cwd: root, stdio: "inherit" },
);
process.exit(status ?? 1);
