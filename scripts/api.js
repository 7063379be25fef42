/**
 * Writes docs/api.md from the doc comments in lib/, by typedoc. With --check it writes nothing, and fails where the page is not what it would
 * write. Typedoc and the TypeScript that it needs are installed when they are missing.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromRoot, root } from "./paths.js";
import { dependenciesCurrent } from "./stamps.js";
import { npmCommand, runStep } from "./steps.js";

const FOLDER = "scripts/api";
const PAGE = "docs/api.md";
const COMMAND = "npm run docs:api";

if (!dependenciesCurrent(FOLDER)) {
  runStep("typedoc", npmCommand(["ci", "--prefix", FOLDER, "--ignore-scripts"]));
}

const text = generate();
if (!process.argv.includes("--check")) {
  writeFileSync(fromRoot(PAGE), text);
  console.log(`wrote ${PAGE}`);
} else if (text !== readFileSync(fromRoot(PAGE), "utf8")) {
  console.error(`${PAGE} is not what the comments in lib/ say; run \`${COMMAND}\``);
  process.exit(1);
}

/** @returns the text of the page */
function generate() {
  const out = mkdtempSync(join(tmpdir(), "fixed-classifier-api-"));
  try {
    const typedoc = fromRoot(FOLDER, "node_modules/typedoc/bin/typedoc");
    const options = ["--options", fromRoot(FOLDER, "typedoc.json"), "--out", out];
    const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc, ...options], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1" },
    });
    if (status !== 0) {
      process.stderr.write(`${stdout}${stderr}`);
      process.exit(1);
    }
    return toPage(readFileSync(join(out, "api.md"), "utf8"));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/**
 * Comments name pages by their path from the root; beside them a link is better.
 * @param {string} markdown
 */
function toPage(markdown) {
  const linked = markdown.replace(/\bdocs\/([\w-]+\.md)\b/g, "[$1]($1)");
  return `<!-- written by ${COMMAND} from the comments in lib/ -->\n\n${linked.trim()}\n`;
}
