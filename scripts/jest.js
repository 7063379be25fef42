// Runs Jest with the flag that lets it load ES modules on Node 20; further arguments go to Jest.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const jest = fileURLToPath(new URL("../node_modules/jest/bin/jest.js", import.meta.url));
const flags = ["--experimental-vm-modules", "--no-warnings"];
const { status, signal } = spawnSync(process.execPath, [...flags, jest, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exit(signal ? 1 : status);
