// docs/runtimes.md: what each runtime told.
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { markdownTable } from "markdown-table";
import { fromRoot } from "../paths.js";
import { TARGETS } from "../prebuild/targets.js";

/** @import { Probe } from "../probe/probe.js" */

/**
 * @typedef {object} Row
 * @property {string} runtime
 * @property {string} version
 * @property {string} [way]
 * @property {Probe} [told]
 * @property {string | undefined} [prebuild] which addon it ran
 * @property {string} [missing] how to install what this machine does not have
 */

const FILE = "docs/runtimes.md";

/**
 * @param {Row[]} rows
 * @param {string} hash
 */
export function writeReport(rows, hash) {
  const table = markdownTable(
    [
      ["runtime", "how", "backend", "instruction set", "bits", "64 rows, ms"],
      ...rows.map(({ runtime, version, way = "", told, missing }) =>
        told === undefined
          ? [runtime, `not on this machine: \`${missing}\``, "", "", "", ""]
          : [
              `${runtime}, ${version}`,
              way,
              told.backend,
              told.instructionSet,
              `\`${told.hash}\``,
              timeOf(told),
            ],
      ),
    ],
    { align: ["l", "l", "l", "l", "l", "r"] },
  );
  writeFileSync(fromRoot(FILE), page(table, addons(rows), hash));
  console.log(`wrote ${FILE}`);
}

/** @param {Probe} told */
function timeOf({ milliseconds }) {
  if (milliseconds === null) return "";
  return milliseconds < 100 ? milliseconds.toPrecision(2) : milliseconds.toFixed();
}

/**
 * The addons of the package, and who ran each.
 * @param {Row[]} rows
 */
function addons(rows) {
  const ran = (/** @type {string} */ target) => [
    ...new Set(rows.filter(({ prebuild }) => prebuild === target).map(({ runtime }) => runtime)),
  ];
  return markdownTable(
    [
      ["addon", "run by"],
      ...Object.keys(TARGETS).map((target) => [`\`${target}\``, ran(target).join(", ") || "nobody here"]),
    ],
    { align: ["l", "l"] },
  );
}

/**
 * @param {string} table
 * @param {string} prebuilds
 * @param {string} hash
 */
const page = (table, prebuilds, hash) => `<!-- written by npm run test:runtimes -->

# Runtimes

\`npm run test:runtimes\` packs the package, installs the tarball into an empty folder without scripts, and runs it in every runtime below.
Each tells the backend that was chosen when the package was imported, a hash, and a time.

- **Bits**: the first 8 bytes of a SHA-256 over the results of every operation, for all codes, losses and types of numbers, on seeded inputs.
  All rows have \`${hash}\`; another value, another backend than the expected one, a word of the package on standard error, and a crash fail the command.
- **Time**: the logits of 64 rows of 2048 features for 1000 classes, the shortest of five stretches of calls.
  Under QEMU it says nothing; elsewhere only how the tiers compare, by up to ten times wrong on a machine that does other work: [benchmarks.md](benchmarks.md) has the measurements.

Run on ${new Date().toISOString().slice(0, 10)} on an ${cpus()[0]?.model.trim() ?? "unknown CPU"} with ${availableParallelism()} processors.

${table}

- Node.js without \`--allow-addons\` and Deno without \`--allow-ffi\` get WebAssembly, in silence: a choice is no loss.
- \`--jitless\` takes WebAssembly away, and leaves the addon.
- Workers compile no WebAssembly from bytes.
  A bundler with the condition \`workerd\` or \`edge-light\`, as Wrangler has it, takes the build that imports the module as a file; the build for browsers would run there as plain JavaScript.
- A page whose policy is \`script-src 'self'\` compiles no WebAssembly either, and gets plain JavaScript; with \`'wasm-unsafe-eval'\` it gets WebAssembly.
- Hermes, the engine of React Native, has no WebAssembly, and gets plain JavaScript; the bundle is Metro's with the settings of React Native 0.83, the engine the last one that npm has by itself.
- \`deno compile\` is not here, since it downloads a part of Deno that no registry of packages has.

## Addons

${prebuilds}

\`npm run test:prebuilds\` checks all of them, and of those that nobody runs here only so much is known: what the addon exports, what it needs of the system, and, for macOS, its signature.
`;
