// All set-up that `npm start`, `npm test` and `npm run bench` need; a step is done again only when its inputs changed or its
// output is gone. Uses Node's built-in modules only: it runs before anything is installed.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { ADDON, fromRoot } from "./paths.js";
import { dependenciesCurrent, hashOf, ownVersion, Stamps, versionOf } from "./stamps.js";
import { npmCommand, run, runStep, say } from "./steps.js";
import { failureReason, missingTool, nodeHeaders, toolchain } from "./toolchain.js";

const OLDEST_NODE = [20, 19];
const NATIVE = "native addon";
const NATIVE_LOG = "build/native-build.log";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  console.error(`fixed-classifier needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.version}`);
  process.exit(1);
}

// Read before `npm ci`, which empties node_modules and with it the file of the stamps.
const stamps = new Stamps();

if (!dependenciesCurrent()) {
  // Every package that brings a binary ships it as a package of its own: no install script is needed.
  runStep("dependencies", npmCommand(["ci", "--include=dev", "--ignore-scripts"]));
  stamps.save();
}
setUpNative();
compiled("wasm", "WebAssembly", {
  script: "scripts/build-wasm.js",
  inputs: ["assembly", "scripts/assembly-script.js", "scripts/bytes-as-text.js"],
  packages: ["assemblyscript"],
  output: "lib/backends/wasm/binary.ts",
});
// Last: it compiles the WebAssembly bytes of the step before.
compiled("typescript", "TypeScript", {
  script: "scripts/build-ts.js",
  inputs: ["lib", "tsconfig.json", "tsconfig.build.json"],
  packages: ["typescript", "@types/node", "rolldown", "rolldown-plugin-dts"],
  output: "dist/index.js",
});

/**
 * A step that must succeed.
 * @param {string} key of its stamp
 * @param {string} title
 * @param {{ script: string, inputs: string[], packages: string[], output: string }} step `packages` by name, the rest by path
 */
function compiled(key, title, { script, inputs, packages, output }) {
  const hash = hashOf([script, ...inputs], packages.map(versionOf));
  if (stamps.current(key, hash, output)) return;
  runStep(title, [process.execPath, script]);
  stamps.set(key, { hash });
}

/** Without the native addon everything works on WebAssembly, so a failure here is told and remembered, and set-up goes on. */
function setUpNative() {
  const tools = toolchain();
  const platform = [process.platform, process.arch, process.versions.modules, String(nodeHeaders())];
  const hash = hashOf(
    ["native", "binding.gyp", "scripts/build-native.js", "scripts/gyp.js", "scripts/toolchain.js"],
    [...platform, ...["node-gyp", "node-addon-api"].map(versionOf), ownVersion()],
  );
  if (stamps.current("native", hash, ADDON)) return;
  // A compiler that appears or is replaced by another is a reason to try again; one that vanishes after a build is not.
  const attempt = hashOf([], [hash, JSON.stringify(tools)]);
  const failed = stamps.get("nativeFailure");
  if (failed?.message !== undefined && failed.hash === attempt && !stamps.exists(ADDON)) {
    say(failed.message);
    return;
  }
  const missing = missingTool(tools);
  const message = missing === null ? buildNative() : withoutTool(missing);
  if (message === null) {
    stamps.set("native", { hash });
    stamps.set("nativeFailure", undefined);
    return;
  }
  // One built from other sources must not be loaded.
  rmSync(fromRoot(ADDON), { force: true });
  stamps.set("native", undefined);
  stamps.set("nativeFailure", { hash: attempt, message });
}

/** @param {string} missing */
function withoutTool(missing) {
  const message = `${NATIVE} … ${missing}; using WebAssembly. For the native backend install a C++20 compiler, make and Python 3`;
  say(message);
  return message;
}

/** @returns null, or the line that tells why it failed */
function buildNative() {
  /** @param {string} output */
  const tell = (output) =>
    `${failureReason(output)}; using WebAssembly. For the native backend see ${NATIVE_LOG}, then \`npm run build:native\``;
  const { status, output, end } = run(NATIVE, [process.execPath, "scripts/build-native.js"], tell);
  if (status === 0) return null;
  mkdirSync(fromRoot("build"), { recursive: true });
  writeFileSync(fromRoot(NATIVE_LOG), output);
  return `${NATIVE} … ${end}`;
}
