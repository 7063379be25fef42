// Set-up of what only these runs need. The rest is done by scripts/setup.js.
import { dependenciesCurrent } from "../../scripts/stamps.js";
import { npmCommand, run } from "../../scripts/steps.js";

const FOLDER = "examples/product-codes";

export function installLibraries() {
  if (dependenciesCurrent(FOLDER)) return;
  // Without install scripts: onnxruntime-node's would download the libraries for GPUs.
  const command = npmCommand(["ci", "--prefix", FOLDER, "--ignore-scripts"]);
  if (run("libraries of the training runs", command).status !== 0) process.exit(1);
}
