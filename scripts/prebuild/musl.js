// A runtime on musl. npm has Bun for it, but not the C++ library that Bun expects of the system, nor has Debian: what Bun uses of it is
// taken out of the static library of this machine's compiler, which needs three names of glibc besides.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../paths.js";
import { dependenciesCurrent } from "../stamps.js";
import { npmCommand, runStep } from "../steps.js";
import { findProgram } from "../toolchain.js";

const FOLDER = "scripts/prebuild/musl";
export const BUN = fromRoot(FOLDER, "node_modules/@oven/bun-linux-x64-musl/bin/bun");
const MUSL = "/lib/ld-musl-x86_64.so.1";

/** Where the libraries are that Bun loads. */
export const LIBRARIES = fromRoot("build-prebuild/musl");

/** How to install what is missing here, or null. */
export function missingMusl() {
  if (process.platform !== "linux" || process.arch !== "x64") return "Linux on x64";
  const there = existsSync(MUSL) && ["g++", "nm"].every((tool) => findProgram(tool) !== null);
  return there ? null : "apt-get install musl g++";
}

export function prepareMusl() {
  if (!dependenciesCurrent(FOLDER)) {
    // npm takes this machine for one that cannot run it.
    runStep("Bun for musl", npmCommand(["ci", "--prefix", FOLDER, "--ignore-scripts", "--force"]));
  }
  const library = join(LIBRARIES, "libstdc++.so.6");
  if (existsSync(library)) return;
  mkdirSync(LIBRARIES, { recursive: true });
  const named = join(LIBRARIES, "libc.musl-x86_64.so.1");
  rmSync(named, { force: true });
  symlinkSync(MUSL, named);
  const file = (/** @type {string} */ name) => run("g++", `-print-file-name=${name}`).trim();
  const wanted = run("nm", "--dynamic", "--format=just-symbols", BUN)
    .split("\n")
    .map((name) => name.replace(/@.*/, ""))
    .filter((name) => /^(_Z|__(cxa_|once_|dynamic_cast))/.test(name));
  run(
    "g++",
    ...["-shared", "-nostdlib", "-fPIC", "-O1", "-U_FORTIFY_SOURCE", "-o", library],
    ...["-Wl,-soname,libstdc++.so.6", "-Wl,-Bsymbolic", ...wanted.map((name) => `-Wl,-u,${name}`)],
    ...[file("crtbeginS.o"), "-xc", fromRoot(FOLDER, "glibc.c"), "-xnone"],
    ...["libstdc++.a", "libgcc_eh.a", "libgcc.a"].map(file),
    ...[MUSL, file("crtendS.o")],
  );
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}
