// Set-up of what only these measurements need. The rest is done by scripts/setup.js.
import { dependenciesCurrent } from "../../scripts/stamps.js";
import { npmCommand, run } from "../../scripts/steps.js";

const FOLDER = "examples/trained-heads";

export function installLibraries() {
  if (dependenciesCurrent(FOLDER)) return;
  // Without install scripts: those of an old TensorFlow would download it.
  const command = npmCommand(["ci", "--prefix", FOLDER, "--ignore-scripts"]);
  if (run("libraries of the trained heads", command).status !== 0) process.exit(1);
}
