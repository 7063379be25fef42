import { VERSION } from "../../version.js";
import type { Addon } from "./addon.js";
import { foldersNear, LOCAL_BUILD, PREBUILT, prebuildOf, thisTarget } from "./candidates.js";
import { functionAmiss } from "./functions.js";
import { damage } from "./intact.js";
import { AddonLost } from "./lost.js";

/** The addon is kept for all backends: loading it again would give other functions. */
let addon: Addon | undefined;

/**
 * @throws AddonLost with what was tried and what to do, where this platform has a prebuilt addon
 * @throws Error where it has none, or addons are not allowed
 */
export function loadAddon(): Addon {
  try {
    addon ??= load();
    return addon;
  } catch (error) {
    if (!denied(error)) throw error;
    throw new Error(
      `the native addon could not be loaded: this process may not (--no-addons, or a permission that is missing): ${error.message}`,
    );
  }
}

const denied = (error: unknown): error is Error =>
  ["ERR_DLOPEN_DISABLED", "ERR_ACCESS_DENIED"].includes((error as NodeJS.ErrnoException).code ?? "");

const BUILD = "run `npm run build:native`";
const INSTALL = "install the package again";
const KEEP = "keep the package out of the bundle, or copy its folder prebuilds beside the bundle";

type Builtin = NonNullable<typeof process.getBuiltinModule>;

function load(): Addon {
  const builtin = globalThis.process?.getBuiltinModule;
  if (builtin === undefined || typeof globalThis.process.dlopen !== "function") {
    throw new Error("this runtime loads no native addons");
  }
  if (deniedByDeno()) throw new Error("Deno was not given --allow-ffi, --allow-read and --allow-env");

  const { existsSync } = builtin("node:fs");
  const { join } = builtin("node:path");
  const target = thisTarget(builtin("node:fs"));
  const folders = new Set<string>();
  const reasons: string[] = [];
  // Webpack writes the import.meta.url that a module has while it is bundled into the bundle, and so the path of the machine that builds.
  for (const folder of foldersNear(import.meta.filename, builtin)) {
    if (folders.has(folder)) continue;
    folders.add(folder);
    // What somebody built in a checkout is newer than what was brought there; the package itself has no such file.
    for (const file of [LOCAL_BUILD, prebuildOf(target)]) {
      const path = join(folder, file);
      if (!existsSync(path)) continue;
      const found = open(path, builtin);
      if (typeof found !== "string") return found;
      reasons.push(`${path} ${found}; ${file === LOCAL_BUILD ? BUILD : INSTALL}`);
    }
  }

  const [home = ""] = folders;
  const checkout = existsSync(join(home, "binding.gyp"));
  const absent = reasons.length === 0;
  if (absent) {
    askToLoad(join(home, prebuildOf(target)));
    const nowhere = `${prebuildOf(target)} is in none of the folders ${[...folders].join(", ")}`;
    if (checkout) reasons.push(`it was not built in this checkout; ${BUILD}`);
    else if (PREBUILT.includes(target)) reasons.push(`${nowhere}; ${KEEP}`);
    else reasons.push(`the package has none for ${target}; ${BUILD} in a checkout of it`);
  }
  const message = `the native addon could not be loaded: ${reasons.join("; ")}`;
  // Who sets permissions has chosen; who works in a checkout was told by its set-up, but not of what was built then and fits no longer.
  const chosen = process.permission !== undefined || (absent && (checkout || !PREBUILT.includes(target)));
  throw chosen ? new Error(message) : new AddonLost(message);
}

/** A process that may load no addon, which nothing else tells on Node.js 20, says so of a path where there is none. */
function askToLoad(nothing: string): void {
  try {
    process.dlopen({ exports: {} }, nothing);
  } catch (error) {
    if (denied(error)) throw error;
  }
}

/** Loads the addon at a path, or tells what is wrong with it. */
function open(path: string, builtin: Builtin): Addon | string {
  try {
    const wrong = damage(path, builtin);
    if (wrong !== null) return wrong;
    const module: { exports: Partial<Addon> } = { exports: {} };
    process.dlopen(module, path);
    const { version } = module.exports;
    if (version !== VERSION) return `is of version ${version}, and this JavaScript of ${VERSION}`;
    const amiss = functionAmiss(module.exports);
    if (amiss === undefined) return module.exports as Addon;
    return `was built from other sources than this JavaScript, and has no such function as its ${amiss}`;
  } catch (error) {
    if (denied(error)) throw error;
    return `does not load: ${(error as Error).message}`;
  }
}

/** Deno asks on the terminal before it refuses; a package must not make it ask. */
function deniedByDeno(): boolean {
  const { Deno } = globalThis as { Deno?: { permissions: { querySync(what: object): { state: string } } } };
  return (
    Deno !== undefined &&
    ["ffi", "read"].some((name) => Deno.permissions.querySync({ name }).state !== "granted")
  );
}
