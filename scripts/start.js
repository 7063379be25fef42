// The smallest experiment of the laboratory: a learned and a fixed last layer on the bundled images. Options change it: `npm start -- --help`.
import { spawnSync } from "node:child_process";
import { setUpLab } from "./lab.js";
import { fromRoot } from "./paths.js";

const command = fromRoot(setUpLab());
const data = fromRoot("examples/data/fashion-mnist-small");
const given = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [command, "train", data, "--trunk", "mlp:256,64", "--epochs", "10", "--seeds", "3", ...given],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;
