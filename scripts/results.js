// Runs what docs/results.md shows: `npm run results -- --help`.
import { spawnSync } from "node:child_process";
import { setUpLab } from "./lab.js";
import { fromRoot } from "./paths.js";

setUpLab();
const { status } = spawnSync(
  process.execPath,
  [fromRoot("packages", "lab", "results", "run.js"), ...process.argv.slice(2)],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
