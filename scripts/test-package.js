/**
 * Packs the package, installs it into an empty folder as a user does, and tries what is there: `npm run test:package`.
 * `-- --only sizes,types` does some of it, `-- --without import-time` the rest.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { dependenciesCurrent } from "./stamps.js";
import { messageOf, npmCommand, runStep } from "./steps.js";

const FOLDER = "scripts/package";
for (const folder of [FOLDER, "scripts/types"]) {
  if (dependenciesCurrent(folder)) continue;
  runStep(`dependencies of ${folder}`, npmCommand(["ci", "--prefix", folder, "--ignore-scripts"]));
}

const { archive } = await import("./package/archive.js");
const { importTime } = await import("./package/import-time.js");
const { install } = await import("./package/install.js");
const { jest } = await import("./package/jest.js");
const { lint } = await import("./package/lint.js");
const { modules } = await import("./package/modules.js");
const { oldResolvers } = await import("./package/old-resolvers.js");
const { sizes } = await import("./package/sizes.js");
const { surface } = await import("./package/surface.js");
const { types } = await import("./package/types.js");

/**
 * Each returns what it found in a few words, and throws where that is not good.
 * @type {Record<string, (installed: import("./package/install.js").Installed) => string | Promise<string>>}
 */
const CHECKS = {
  archive,
  lint,
  surface,
  modules,
  "old-resolvers": oldResolvers,
  types,
  jest,
  sizes,
  "import-time": importTime,
};

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    without: { type: "string" },
    keep: { type: "boolean" },
    record: { type: "boolean" },
  },
});
const without = values.without?.split(",") ?? [];
const only = values.only?.split(",") ?? Object.keys(CHECKS);
const chosen = only.filter((name) => !without.includes(name));
const unknown = [...only, ...without].filter((name) => CHECKS[name] === undefined);
if (unknown.length > 0) {
  console.error(`error: no check ${unknown.join(", ")}, only ${Object.keys(CHECKS).join(", ")}`);
  process.exit(1);
}

const home = mkdtempSync(join(tmpdir(), "fixed-classifier-package-"));
try {
  const installed = install(home);
  console.log(`package: installed in ${home}, ${installed.addon}`);
  for (const name of chosen) {
    try {
      console.log(`${name}: ${await CHECKS[name](installed)}`);
    } catch (error) {
      console.error(`${name}: FAILED\n${messageOf(error)}`);
      process.exitCode = 1;
    }
  }
} finally {
  if (!values.keep) rmSync(home, { recursive: true, force: true });
}
