// Makes one addon of object files: all that it needs but Node.js and the C library is in it, and on Linux, where programs and libraries share their
// names, only what Node.js calls is seen from outside. (On macOS and Windows a name is looked up in the one library that it is to come from; Zig can
// hide none there.)
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { fromRoot } from "../paths.js";
import { addonOf, TARGETS } from "./targets.js";
import { NODE_API, ZIG } from "./toolchain.js";

/** What Node.js looks up. */
export const EXPORTS = ["napi_register_module_v1", "node_api_module_get_api_version_v1"];

const MACHINES = { x64: "i386:x86-64", arm64: "arm64" };

/**
 * @param {string} target
 * @param {string[]} objects
 */
export function link(target, objects) {
  const [platform] = target.split("-");
  const { zig } = TARGETS[target];
  const addon = fromRoot(addonOf(target));
  // Not there, for Zig puts an import library beside what it links.
  const out = fromRoot("build-prebuild", target, basename(addon));
  const flags = {
    linux: () => [`-Wl,--version-script=${versionScript(target)}`, "-Wl,--gc-sections"],
    // Otherwise it would be named by its path on this machine.
    darwin: () => [
      "-Wl,-undefined,dynamic_lookup",
      "-Wl,-dead_strip",
      `-Wl,-install_name,@rpath/${basename(out)}`,
    ],
    win32: () => [importLibrary(target)],
  }[/** @type {"linux" | "darwin" | "win32"} */ (platform)]();
  const names = ["-O2", "-g0", "-xc", fromRoot("scripts/prebuild/names.c"), "-xnone"];
  run(["c++", `--target=${zig}`, "-shared", "-s", "-o", out, ...objects, ...names, ...flags]);
  mkdirSync(dirname(addon), { recursive: true });
  copyFileSync(out, addon);
}

/** @param {string} target */
function versionScript(target) {
  const path = fromRoot("build-prebuild", target, "exports.map");
  writeFileSync(path, `{ global: ${EXPORTS.join("; ")}; local: *; };\n`);
  return path;
}

/**
 * What the functions of node.exe are found by.
 * @param {string} target
 */
function importLibrary(target) {
  const path = fromRoot("build-prebuild", target, "node.lib");
  run(["dlltool", "-m", MACHINES[TARGETS[target].arch], "-D", "node.exe", "-d", NODE_API, "-l", path]);
  return path;
}

/** @param {string[]} args */
function run(args) {
  const { status, stderr, error } = spawnSync(ZIG, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`zig ${args.join(" ")}:\n${stderr ?? ""}${error?.message ?? ""}`);
}
