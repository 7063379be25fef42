// Sets up the laboratory, a package with dependencies of its own, and runs what docs/results.md shows: `npm run results -- --help`.
import { spawnSync } from "node:child_process";
import { fromRoot } from "./paths.js";
import { dependenciesCurrent } from "./stamps.js";
import { npmCommand, runStep } from "./steps.js";

const FOLDER = "packages";

if (!dependenciesCurrent(FOLDER)) {
  runStep(`dependencies of ${FOLDER}`, npmCommand(["ci", "--prefix", FOLDER, "--ignore-scripts"]));
}
runStep("laboratory", npmCommand(["run", "build", "--silent", "--prefix", fromRoot(FOLDER, "lab")]));
const { status } = spawnSync(
  process.execPath,
  [fromRoot(FOLDER, "lab", "results", "run.js"), ...process.argv.slice(2)],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
