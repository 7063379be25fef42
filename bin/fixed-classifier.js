#!/usr/bin/env node
// The commands are packages of their own, with dependencies of their own: this hands over to them, or says how to install them.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** The package that has a command. @type {Record<string, string>} */
const PACKAGES = {
  train: "fixed-classifier-lab",
  predict: "fixed-classifier-lab",
  evaluate: "fixed-classifier-lab",
  compare: "fixed-classifier-lab",
  bench: "fixed-classifier-lab",
  codes: "fixed-classifier-lab",
  info: "fixed-classifier-lab",
  convert: "fixed-classifier-models",
  inspect: "fixed-classifier-models",
  export: "fixed-classifier-models",
  serve: "fixed-classifier-server",
  score: "fixed-classifier-server",
};

const [command = "--help", ...args] = process.argv.slice(2);
const name = Object.hasOwn(PACKAGES, command) ? PACKAGES[command] : undefined;
if (name === undefined) {
  console.log(
    `usage: fixed-classifier <command> …, with --help for what it does: ${Object.keys(PACKAGES).join(", ")}`,
  );
  process.exitCode = command === "--help" ? 0 : 1;
} else {
  const cli = find(name);
  if (cli === undefined) {
    console.error(`fixed-classifier ${command} is in another package: npm install ${name}`);
    process.exitCode = 1;
  } else {
    // In this process: signals, streams and the exit status are the command's own, whoever started it, and it may be process 1.
    process.argv = [process.execPath, cli, command, ...args];
    await import(pathToFileURL(cli).href);
  }
}

/**
 * The command of a package: from where the user is, else from beside this package, else, in a checkout, from the second install.
 * @param {string} name
 */
function find(name) {
  for (const from of [join(process.cwd(), "_"), import.meta.url, new URL("../packages/_", import.meta.url)]) {
    try {
      const manifest = createRequire(from).resolve(`${name}/package.json`);
      const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
      const cli = join(dirname(manifest), bin[name]);
      // In a checkout it may not be built.
      if (existsSync(cli)) return cli;
    } catch {
      // Not there.
    }
  }
  return undefined;
}
