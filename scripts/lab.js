// Set-up of the laboratory, a package of the second install: what `npm start` and `npm run results` run.
import { dependenciesCurrent, hashOf, Stamps } from "./stamps.js";
import { npmCommand, runStep } from "./steps.js";

const FOLDER = "packages";
const NAME = "fixed-classifier-lab";

/** The path of its command, built. */
export function setUpLab() {
  if (!dependenciesCurrent(FOLDER, "lab")) {
    runStep(
      "dependencies of the laboratory",
      npmCommand(["ci", "--prefix", FOLDER, "--workspace", NAME, "--ignore-scripts"]),
    );
  }
  const stamps = new Stamps();
  const output = `${FOLDER}/lab/dist/cli.js`;
  const hash = hashOf(
    [`${FOLDER}/lab/src`, `${FOLDER}/lab/tsconfig.build.json`, `${FOLDER}/lab/tsconfig.json`],
    [],
  );
  if (!stamps.current("lab", hash, output)) {
    runStep("laboratory", npmCommand(["run", "--silent", "build", "--prefix", `${FOLDER}/lab`]));
    stamps.set("lab", { hash });
  }
  return output;
}
