// What a native build needs, and what it says when it fails.
import { existsSync, readFileSync, statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";

const windows = process.platform === "win32";

/** The first on PATH is used. */
const COMPILERS = ["g++", "c++", "clang++"];
const PYTHONS = ["python3", "python"];
/** In the order in which node-gyp asks them. */
const PYTHON_VARIABLES = ["NODE_GYP_FORCE_PYTHON", "npm_config_python", "PYTHON"];

/** Paths of the tools, null where there is none. node-gyp finds those of Windows, which are not on PATH, by itself. */
export function toolchain(env = process.env) {
  if (windows) return null;
  return {
    compiler: findCompiler(env)?.path ?? null,
    make: findProgram(env.MAKE || "make", env),
    python: firstFound([...PYTHON_VARIABLES.map((name) => env[name]), ...PYTHONS], env),
  };
}

/**
 * Why no native build can be tried, or null.
 * @param {ReturnType<typeof toolchain>} tools
 */
export function missingTool(tools, env = process.env) {
  if (tools === null) return null;
  if (tools.compiler === null) {
    return env.CXX
      ? `the compiler that CXX names is not there: ${env.CXX}`
      : "no C++ compiler (g++, c++ or clang++) on PATH";
  }
  if (tools.python === null) return "no Python 3 (python3 or python) on PATH, which node-gyp needs";
  return tools.make === null ? "no make on PATH" : null;
}

/** What makes node-gyp use the compiler found: by itself it tries g++ only. */
export function compilerEnvironment(env = process.env) {
  const compiler = windows ? undefined : findCompiler(env);
  return compiler === undefined ? {} : { CXX: compiler.command };
}

/** @param {NodeJS.ProcessEnv} env */
function findCompiler(env) {
  for (const command of env.CXX ? [env.CXX] : COMPILERS) {
    // A variable may carry flags, or a wrapper such as ccache first.
    const path = findProgram(command.trim().split(/\s+/)[0], env);
    if (path !== null) return { command, path };
  }
  return undefined;
}

/**
 * @param {(string | undefined)[]} programs
 * @param {NodeJS.ProcessEnv} env
 */
function firstFound(programs, env) {
  for (const program of programs) {
    const path = program ? findProgram(program, env) : null;
    if (path !== null) return path;
  }
  return null;
}

/**
 * The path of a program, or null.
 * @param {string} program
 */
export function findProgram(program, env = process.env) {
  const folders = isAbsolute(program) ? [""] : (env.PATH ?? "").split(delimiter);
  for (const folder of folders) {
    const path = join(folder, program);
    if (isProgram(path)) return path;
  }
  return null;
}

/** @param {string} path */
function isProgram(path) {
  try {
    const stats = statSync(path);
    return stats.isFile() && (stats.mode & 0o111) !== 0;
  } catch {
    return false; // not there, or in a folder that may not be read
  }
}

/** Where this Node's own headers lie, or null: with them nothing is downloaded. */
export function nodeHeaders() {
  const prefix = dirname(dirname(process.execPath));
  const include = join(prefix, "include", "node");
  if (!existsSync(join(include, "common.gypi"))) return null;
  // A prefix such as /usr/local may hold the headers of another installation.
  const version = ["MAJOR", "MINOR", "PATCH"].map((part) => headerNumber(include, `NODE_${part}_VERSION`));
  return version.join(".") === process.versions.node ? prefix : null;
}

/**
 * @param {string} include the folder of the headers
 * @param {string} name
 */
function headerNumber(include, name) {
  try {
    return readFileSync(join(include, "node_version.h"), "utf8").match(
      new RegExp(`#define ${name}\\s+(\\d+)`),
    )?.[1];
  } catch {
    return undefined;
  }
}

/** What tells most, first. */
const TELLING = [
  /^.*undefined (?:reference|symbol).*$/m,
  /^.*\berror: .*$/m,
  /^gyp ERR! stack (.*)$/m,
  /^gyp ERR! (.*)$/m,
  /^(?:make|npm).*$/m,
];
const LONGEST = 160;

/**
 * One line out of the log of a failed build.
 * @param {string} log
 */
export function failureReason(log) {
  if (log.includes("Could not find any Python installation")) return "node-gyp found no Python 3 that works";
  if (log.includes("Could not find any Visual Studio installation")) return "node-gyp found no Visual Studio";
  if (log.includes("network connectivity")) return "the headers of this Node could not be downloaded";
  for (const pattern of TELLING) {
    const match = log.match(pattern);
    if (match !== null) return `the build failed: ${(match[1] ?? match[0]).trim().slice(0, LONGEST)}`;
  }
  return "the build failed";
}
