/** Where the addon may lie. */

const FILE = "fixed_classifier.node";

/** Where a checkout has what it built for itself. */
export const LOCAL_BUILD = `build/Release/${FILE}`;

/** What the package has prebuilt addons for: the targets of scripts/prebuild/targets.js. */
export const PREBUILT: readonly string[] = [
  "linux-x64",
  "linux-x64-musl",
  "linux-arm64",
  "linux-arm64-musl",
  "darwin-x64",
  "darwin-arm64",
  "win32-x64",
  "win32-arm64",
];

export const prebuildOf = (target: string): string => `prebuilds/${target}/${FILE}`;

/** Platform, architecture and C library of this process. */
export function thisTarget({ openSync, readSync, closeSync }: typeof import("node:fs")): string {
  const { platform, arch, execPath } = process;
  const target = `${platform}-${arch}`;
  if (platform !== "linux") return target;
  // A program names its dynamic loader near its beginning; process.report, which knows the C library too, takes 6 to 20 ms.
  const head = new Uint8Array(4096);
  try {
    const file = openSync(execPath, "r");
    readSync(file, head, 0, head.length, 0);
    closeSync(file);
  } catch {
    return target;
  }
  return String.fromCharCode(...head).includes("/ld-musl-") ? `${target}-musl` : target;
}

/** Where the modules are of a program that Bun has compiled into one file: in no folder that is there. */
const IN_BUN_PROGRAM = /^(\/\$bunfs|[A-Z]:[\\/]~BUN)[\\/]/;

/**
 * Folders that may hold `prebuilds/`, likeliest first: the package, then, where this module is a part of a bundle, the folder of the bundle and
 * the package as an import from there would find it.
 *
 * @param file this module; undefined in a bundle that cannot tell, which is then taken for the program that runs
 */
export function* foldersNear(
  file: string | undefined,
  builtin: NonNullable<typeof process.getBuiltinModule>,
): Generator<string> {
  const { fileURLToPath, pathToFileURL } = builtin("node:url");
  const module = file ?? process.argv[1];
  if (!module) return;
  const from = pathToFileURL(IN_BUN_PROGRAM.test(module) ? process.execPath : module).href;
  const end = Math.max(from.lastIndexOf("/dist/"), from.lastIndexOf("/lib/"));
  if (end >= 0) yield fileURLToPath(`${from.slice(0, end)}/`);
  yield fileURLToPath(from.slice(0, from.lastIndexOf("/") + 1));
  try {
    const { createRequire } = builtin("node:module");
    yield createRequire(from)
      .resolve("fixed-classifier/package.json")
      .replace(/package\.json$/, "");
  } catch {
    // It is in no node_modules from there on up.
  }
}
