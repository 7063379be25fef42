// Browsers on pages that probe the package under policies.
import { servePage } from "./pages.js";
import { PACKAGES, runProgram } from "./runtime.js";
import { visit } from "./visit.js";

/** @import { Kind } from "./pages.js" */
/** @import { Probe } from "../probe/probe.js" */
/** @import { Runtime, Way } from "./runtime.js" */

/** @type {[name: string, policy: string | null, expects: Way["expects"]][]} */
const POLICIES = [
  ["", null, "wasm"],
  [", CSP `script-src 'self' 'wasm-unsafe-eval'`", "script-src 'self' 'wasm-unsafe-eval'", "wasm"],
  [", CSP `script-src 'self'`", "script-src 'self'", "js"],
];

/** @type {[name: string, kind: Kind][]} */
const KINDS = [
  ["module", "module"],
  ["classic script", "classic"],
  ["module worker", "module-worker"],
  ["classic worker", "classic-worker"],
];

/**
 * @typedef {object} Browser
 * @property {string} name
 * @property {string} install
 * @property {() => string[] | null} command the program and its arguments, null where it is not there
 * @property {(profile: string) => string[]} args for a start with a new profile
 */

/**
 * @param {Browser} browser
 * @returns {Runtime}
 */
export function browserRuntime({ name, install, command, args }) {
  return {
    name,
    packages: PACKAGES,
    missing: () => (command() === null ? install : null),
    async version() {
      const [program, ...rest] = command() ?? [];
      return (await runProgram(program, [...rest, "--version"])).stdout.match(/\d[\d.]+/)?.[0] ?? "";
    },
    ways: POLICIES.flatMap(([policyName, policy, expects]) =>
      KINDS.map(([kindName, kind]) => ({
        name: `${kindName}${policyName}`,
        expects,
        run: async (folder) =>
          /** @type {Probe} */ (await visit(command() ?? [], args, await servePage(folder, kind, policy))),
      })),
    ),
  };
}
