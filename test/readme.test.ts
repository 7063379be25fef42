import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${root}/README.md`, "utf8");

test("the five lines of the README are the example, and print what it says", () => {
  const example = readFileSync(`${root}/examples/five-lines.js`, "utf8").trim();
  const printed = execFileSync(process.execPath, ["examples/five-lines.js"], { cwd: root, encoding: "utf8" });
  expect(readme).toContain(`\`\`\`js\n${example}\n\`\`\``);
  expect(readme).toContain(`prints \`${printed.trim()}\``);
});
