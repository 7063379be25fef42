import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesOf, refusePaths } from "./output.js";
import { readPage } from "./page.js";
import { runTool } from "./run.js";
import { withServer } from "./server.js";

/** @import { Bundler, Output, Way } from "./bundler.js" */

/** The application, in the project and in what is standalone. */
const FOLDER = "next";
/** In every file that has the package in it. */
const MARK = "no backend of fixed-classifier";

/** @type {[name: string, flag: string][]} */
const BUILDERS = [
  ["Turbopack", "--turbopack"],
  ["webpack", "--webpack"],
];

/** @type {Bundler} */
export const next = {
  name: "Next",
  package: "next",
  keeps:
    'of `next start` nothing; of `output: "standalone"` both `serverExternalPackages: ["fixed-classifier"]` and `outputFileTracingIncludes: { "/*": ["node_modules/fixed-classifier/{dist/index.*,prebuilds/linux-*/*}"] }`',
  ways: BUILDERS.flatMap(([name, flag]) => waysOf(name, flag)),
};

/**
 * @param {string} name
 * @param {string} flag
 * @returns {Way[]}
 */
function waysOf(name, flag) {
  const asItIs = once((project) => build(project, `.next-${name}`, flag, {}));
  const standalone = once((project) => build(project, `.next-${name}-standalone`, flag, { STANDALONE: "1" }));
  return [
    {
      name: `${name}, client component`,
      expects: "wasm",
      async run(project) {
        const folder = await asItIs(project);
        const output = inspectStatic(join(folder, "static"));
        return { ...(await start(project, `.next-${name}`, "client")), output };
      },
    },
    {
      name: `${name}, server component, \`next start\`, as it is`,
      expects: "native",
      async run(project) {
        const folder = await asItIs(project);
        // Next.js itself writes where the files of the application were.
        withPackage(join(folder, "server"), join(project, "node_modules"));
        return start(project, `.next-${name}`, "server");
      },
    },
    {
      name: `${name}, server component, standalone, with the lines above`,
      expects: "native",
      run: async (project) => runStandalone(project, await standalone(project)),
    },
  ];
}

/**
 * @param {string} project
 * @param {string} dist
 * @param {string} flag
 * @param {Record<string, string>} env
 * @returns {Promise<string>} the folder of the build
 */
async function build(project, dist, flag, env) {
  const cwd = join(project, FOLDER);
  await runTool(project, "next", ["build", flag], { cwd, env: { ...env, DIST: dist } });
  return join(cwd, dist);
}

/**
 * @param {string} project
 * @param {string} dist
 * @param {string} id
 */
const start = (project, dist, id) =>
  withServer(project, "next", ["start"], (url) => readPage(project, url, id), {
    cwd: join(project, FOLDER),
    env: { DIST: dist },
  });

/**
 * @param {string} project
 * @param {string} folder of the build
 */
async function runStandalone(project, folder) {
  const elsewhere = realpathSync(mkdtempSync(join(tmpdir(), "elsewhere-")));
  try {
    cpSync(join(folder, "standalone"), elsewhere, { recursive: true });
    const server = join(elsewhere, FOLDER, "server.js");
    return await withServer(project, null, [server], (url) => readPage(project, url, "server", false), {
      cwd: elsewhere,
    });
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
}

/**
 * The scripts of the client: no asset of the package, and the package in one of them.
 * @param {string} folder
 * @returns {Output}
 */
function inspectStatic(folder) {
  const extra = filesOf(folder).filter((file) => !file.endsWith(".js"));
  if (extra.length > 0) throw new Error(`files that nobody asked for: ${extra.join(", ")}`);
  const output = withPackage(folder);
  if (output.files.length !== 1) throw new Error(`the package is in ${output.files.length} scripts`);
  return output;
}

/**
 * The files that have the package in them, without a path of this machine.
 * @param {string} folder
 * @param {string} [path] the only one that is refused
 * @returns {Output}
 */
function withPackage(folder, path) {
  /** @type {Output} */
  const output = { files: [], bytes: 0 };
  for (const file of filesOf(folder).filter((name) => name.endsWith(".js"))) {
    const text = readFileSync(join(folder, file), "latin1");
    if (!text.includes(MARK)) continue;
    refusePaths(file, text, path);
    output.files.push(file);
    output.bytes += text.length;
  }
  return output;
}

/**
 * @param {(project: string) => Promise<string>} make
 * @returns {(project: string) => Promise<string>}
 */
function once(make) {
  /** @type {Promise<string> | undefined} */
  let made;
  return (project) => {
    made ??= make(project);
    return made;
  };
}
