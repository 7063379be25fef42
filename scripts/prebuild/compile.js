// Compiles what binding.gyp says with the flags that it says, for one platform.
import { exec, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { fromRoot, root } from "../paths.js";
import { toolchain } from "../toolchain.js";
import { objectSourcesOf } from "./record.js";
import { TARGETS } from "./targets.js";
import { HEADERS, ZIG } from "./toolchain.js";

/** For programs and arguments that a shell is to read as they are. */
const quote = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * The commands that gyp would have make run, for an architecture: `c++ …flags -c file`, for a shell.
 * @param {"x64" | "arm64"} arch
 * @returns {{ command: string, file: string }[]}
 */
function commandsOf(arch) {
  const out = fromRoot("build-prebuild", `gyp-${arch}`);
  const { status, stdout, stderr } = spawnSync(
    toolchain()?.python ?? "python3",
    [
      fromRoot("node_modules/node-gyp/gyp/gyp_main.py"),
      ...["binding.gyp", "--format=compile_commands_json", "--include=scripts/prebuild/gyp.gypi"],
      // Zig takes the flags of GCC for all platforms, so these are those of Linux.
      ...["-DOS=linux", `-Dtarget_arch=${arch}`],
      ...["--depth=.", "--no-parallel", `--generator-output=${out}`, "-Goutput_dir=."],
    ],
    { cwd: root, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`gyp failed:\n${stdout}${stderr}`);
  return JSON.parse(readFileSync(join(out, "Release/compile_commands.json"), "utf8"));
}

/**
 * @param {string} target
 * @returns {Promise<string[]>} the object files
 */
export async function compile(target) {
  const { zig, arch } = TARGETS[target];
  const folder = fromRoot("build-prebuild", target);
  mkdirSync(folder, { recursive: true });
  // Nothing is thrown through these functions, so on Linux they need no tables for that; Windows asks for them by its calling convention.
  const untabled = target.startsWith("linux")
    ? ["-fno-unwind-tables", "-fno-asynchronous-unwind-tables"]
    : [];
  const flags = [
    `--target=${zig}`,
    ...untabled,
    `-I${HEADERS}`,
    ...["-g0", "-ffunction-sections", "-fdata-sections"],
    // Of warnings that only GCC has.
    "-Wno-unknown-warning-option",
    ...(target.startsWith("win32") ? [] : ["-fPIC"]),
  ];
  // The kernels of GCC 12 are 3 % faster than those of Clang 17, and need nothing of a C library but memcpy and the like: where this machine's own
  // compiler makes them, the addon of most servers is as fast as a local build.
  const own = target === "linux-x64" ? toolchain()?.compiler : null;
  const zigCommand = [ZIG, "c++", ...flags].map(quote).join(" ");
  const ownCommand = own && [own, "-fPIC", "-U_FORTIFY_SOURCE", ...untabled].map(quote).join(" ");
  const jobs = commandsOf(arch).map(({ command, file }) => {
    const name = relative(root, file);
    const object = join(folder, `${name.replaceAll(/\W/g, "-")}.o`);
    const compiler = (name.startsWith("native/targets/") && ownCommand) || zigCommand;
    return { object, command: `${command.replace(/^c\+\+/, () => compiler)} -o ${quote(object)}` };
  });
  const objects = jobs.map(({ object }) => object);
  const stamp = join(folder, "sources");
  const sources = objectSourcesOf(target);
  if ([stamp, ...objects].every((file) => existsSync(file)) && readFileSync(stamp, "utf8") === sources)
    return objects;
  rmSync(stamp, { force: true });
  const waiting = jobs.map(({ command }) => command);
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        await promisify(exec)(next, { cwd: root, maxBuffer: 2 ** 28 });
      }
    }),
  );
  writeFileSync(stamp, sources);
  return objects;
}
