// Hermes, the engine of React Native, with a bundle by Metro as React Native sets it.
import { chmodSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fromRoot } from "../paths.js";
import { PACKAGES, PROBE, runProbe } from "./runtime.js";

/** @import { Runtime } from "./runtime.js" */

const METRO = `${PACKAGES}/metro`;
const PACKAGE = "hermes-engine-cli";

/** The name of the folder that has the engine for this platform. @type {Partial<Record<NodeJS.Platform, string>>} */
const FOLDERS = { linux: "linux64-bin", darwin: "osx-bin", win32: "win64-bin" };

/** @param {string[]} parts */
const inPackages = (...parts) => fromRoot(METRO, "node_modules", ...parts);
const load = createRequire(fromRoot(METRO, "package.json"));

/** Whether Metro knows the field `exports`, and what that is called. */
const WAYS = [
  { name: "a bundle by Metro", knowsExports: true },
  { name: "a bundle by Metro that does not know `exports`", knowsExports: false },
];

/** @type {Runtime} */
export const hermes = {
  name: "Hermes",
  packages: METRO,
  missing: () =>
    FOLDERS[process.platform] === undefined || process.arch !== "x64" ? "an x64 machine" : null,
  version: async () => load(`${PACKAGE}/package.json`).version,
  ways: WAYS.map(({ name, knowsExports }) => ({
    name,
    expects: "js",
    async run(folder) {
      const file = join(folder, `hermes-${knowsExports}.js`);
      await bundle(folder, file, knowsExports);
      const engine = inPackages(PACKAGE, FOLDERS[process.platform] ?? "", "hermes");
      chmodSync(engine, 0o755);
      return runProbe(engine, ["-O", file], { cwd: folder });
    },
  })),
};

/**
 * @param {string} folder
 * @param {string} out
 * @param {boolean} knowsExports
 */
async function bundle(folder, out, knowsExports) {
  const { getDefaultConfig, mergeConfig } = load("@react-native/metro-config");
  const config = mergeConfig(getDefaultConfig(folder), {
    watchFolders: [folder, inPackages()],
    resolver: { nodeModulesPaths: [inPackages()], unstable_enablePackageExports: knowsExports },
    // React Native itself is not in the bundle, nor its pictures.
    serializer: { getModulesRunBeforeMainModule: () => [] },
    transformer: { assetRegistryPath: "none" },
    cacheStores: [],
    maxWorkers: 1,
    reporter: { update() {} },
  });
  const settings = { entry: `${PROBE}/hermes.js`, platform: "android", dev: false, minify: true };
  await load("metro").runBuild(config, { ...settings, out: out.replace(/\.js$/, "") });
}
