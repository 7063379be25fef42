/**
 * What the probe tells: project/src/probe.js.
 * @typedef {object} Probe
 * @property {string} backend
 * @property {string} instructionSet
 * @property {string} bits
 * @property {string[]} failures
 */

/**
 * @typedef {object} Result
 * @property {Probe} told
 * @property {boolean} [lost] whether the package warned that it misses its addon
 * @property {Output} [output] nothing for what runs sources
 */

/**
 * @typedef {object} Output
 * @property {string[]} files
 * @property {number} bytes of all of them
 */

/**
 * @typedef {object} Way
 * @property {string} name
 * @property {string} expects the backend that must be chosen
 * @property {boolean} [lost] whether the package has to warn that it misses its addon
 * @property {(project: string) => Promise<Result>} run `project` is the folder in which the package is installed
 */

/**
 * @typedef {object} Bundler
 * @property {string} name
 * @property {string | null} package of npm, whose version is told; null: Node.js itself
 * @property {(project: string) => Promise<string>} [install] makes the project in which it is; default: that of all others
 * @property {string} [keeps] for docs/bundlers.md: how a server keeps the addon
 * @property {Way[]} ways
 */

export {};
