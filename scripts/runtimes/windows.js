// Node.js for Windows under Wine, which goes on running the CPU's own instructions.
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromRoot } from "../paths.js";
import { findProgram } from "../toolchain.js";
import { addonIn } from "./install.js";
import { NODES, PATIENCE, PROBE, probeOf } from "./runtime.js";

/** @import { Runtime, Way } from "./runtime.js" */

/** Debian's wine64 alone puts nothing on PATH. */
const DEBIAN = "/usr/lib/wine/wine64";

const wine = () => findProgram("wine64") ?? (existsSync(DEBIAN) ? DEBIAN : null);

/** @type {[name: string, expects: Way["expects"], args: string[]][]} */
const WAYS = [
  ["`import`", "native", [join(PROBE, "import.js")]],
  ["`require`", "native", [join(PROBE, "require.cjs")]],
  ["`--no-addons`", "wasm", ["--no-addons", join(PROBE, "import.js")]],
];

const TARGET = "win32-x64";

/** @type {Runtime} */
export const windows = {
  name: "Node for Windows on x64, under Wine",
  packages: NODES,
  prebuild: TARGET,
  missing(folder) {
    if (wine() === null) return "apt-get install wine64";
    return existsSync(addonIn(folder, TARGET)) ? null : "npm run prebuild";
  },
  version: async () => (await runNode(["--version"], tmpdir())).stdout.trim(),
  ways: WAYS.map(([name, expects, args]) => ({
    name,
    expects,
    async run(folder) {
      const { stdout, stderr } = await runNode(args, folder);
      return probeOf(stdout, stderr);
    },
  })),
};

/**
 * Node for Windows dies of a pipe of Wine's, so it writes to files.
 * @param {string[]} args
 * @param {string} cwd
 */
async function runNode(args, cwd) {
  const work = mkdtempSync(join(tmpdir(), "fixed-classifier-wine-"));
  const files = ["stdout", "stderr"].map((name) => join(work, name));
  const [out, err] = files.map((file) => openSync(file, "w"));
  try {
    const child = spawn(wine() ?? "", [fromRoot(NODES, "node_modules/node-windows/bin/node.exe"), ...args], {
      cwd,
      stdio: ["ignore", out, err],
      timeout: PATIENCE,
      env: {
        ...process.env,
        // Of Windows 8 as Wine tells it Node would warn.
        NODE_SKIP_PLATFORM_CHECK: "1",
        WINEDEBUG: "-all",
        WINEPREFIX: prefix(),
      },
    });
    const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    const [stdout, stderr] = files.map((file) => readFileSync(file, "utf8"));
    if (code !== 0) throw new Error(`node.exe ended with exit code ${code}: ${stderr}${stdout}`);
    return { stdout, stderr };
  } finally {
    closeSync(out);
    closeSync(err);
    rmSync(work, { recursive: true, force: true });
  }
}

/** @type {string | undefined} */
let made;

/** The Windows of this run: Wine takes ten seconds to make one. */
function prefix() {
  if (made === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-windows-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    made = folder;
  }
  return made;
}
