// Formats the C++ sources in place; `--check` only tells which are not formatted.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fromRoot, root } from "./paths.js";

const SOURCES = /\.(h|cc)$/;
const FOLDERS = ["native", "benchmarks/native", "test/native"];
/**
 * The platforms that the package has binaries for; those for x64 run on an arm64 Mac too.
 * @type {Record<string, string | undefined>}
 */
const BINARIES = {
  "linux x64": "linux_x64/clang-format",
  "darwin x64": "darwin_x64/clang-format",
  "darwin arm64": "darwin_x64/clang-format",
  "win32 x64": "win32/clang-format.exe",
};

/**
 * @param {string} reason
 * @returns {never}
 */
function skip(reason) {
  console.log(`C++ sources not checked: ${reason}`);
  process.exit(0);
}

/** @param {string} folder */
function sourcesUnder(folder) {
  try {
    return readdirSync(fromRoot(folder), { recursive: true, encoding: "utf8" })
      .filter((name) => SOURCES.test(name) && !name.startsWith("build"))
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
}

const files = FOLDERS.flatMap(sourcesUnder);
if (files.length === 0) skip("there are none");
const platform = `${process.platform} ${process.arch}`;
const binary = BINARIES[platform];
if (binary === undefined) skip(`the package clang-format has no binary for ${platform}`);

const mode = process.argv.includes("--check") ? ["--dry-run", "--Werror"] : ["-i"];
const { status, error } = spawnSync(
  fromRoot("node_modules/clang-format/bin", binary),
  ["--style=file", ...mode, ...files],
  { cwd: root, stdio: "inherit" },
);
if (error !== undefined) skip(`clang-format does not run here: ${error.message}`);
process.exit(status ?? 1);
