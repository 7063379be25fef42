// Sets up the packages of packages/, a second install, and runs the tests of each; names choose: `npm run test:packages -- page`.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { fromRoot } from "./paths.js";
import { dependenciesCurrent } from "./stamps.js";
import { npmCommand, runStep } from "./steps.js";

const FOLDER = "packages";

const members = readdirSync(fromRoot(FOLDER)).filter((name) =>
  existsSync(fromRoot(FOLDER, name, "package.json")),
);
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !members.includes(name));
if (unknown.length > 0) {
  console.error(`error: no package ${unknown.join(", ")} in ${FOLDER}, only ${members.join(", ")}`);
  process.exit(1);
}

if (!dependenciesCurrent(FOLDER)) {
  runStep(`dependencies of ${FOLDER}`, npmCommand(["ci", "--prefix", FOLDER, "--ignore-scripts"]));
}

/** All are run, so that one failure does not hide another. */
const failed = (chosen.length > 0 ? chosen : members).filter((name) => {
  console.log(`\n== ${FOLDER}/${name}`);
  const [command, ...args] = npmCommand(["test", "--silent", "--prefix", fromRoot(FOLDER, name)]);
  return spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" }).status !== 0;
});
if (failed.length > 0) console.error(`\nfailed: ${failed.map((name) => `${FOLDER}/${name}`).join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
