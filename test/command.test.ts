/** `npx fixed-classifier`, which hands over to the packages that have the commands. */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

let project = "";

/** A user's project: the command as npm installs it, and nothing else. */
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "fixed-classifier-command-"));
  const core = join(project, "node_modules/fixed-classifier");
  mkdirSync(join(core, "bin"), { recursive: true });
  cpSync(
    fileURLToPath(new URL("../bin/fixed-classifier.js", import.meta.url)),
    join(core, "bin/fixed-classifier.js"),
  );
  writeFileSync(join(core, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(project, { recursive: true }));

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const command = join(project, "node_modules/fixed-classifier/bin/fixed-classifier.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    cwd: project,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("without a command, or with an unknown one, it lists those there are", () => {
  expect(run()).toMatchObject({ status: 0, stdout: expect.stringContaining("train, predict, evaluate") });
  expect(run("--help").status).toBe(0);
  expect(run("trian")).toMatchObject({ status: 1, stdout: expect.stringContaining("train") });
  expect(run("toString").status).toBe(1);
});

test("where the laboratory is not installed, one line says how to install it", () => {
  expect(run("train", "x.npy")).toEqual({
    status: 1,
    stdout: "",
    stderr: "fixed-classifier train is in another package: npm install fixed-classifier-lab\n",
  });
});

test("the commands for trained models are those of their package", () => {
  for (const command of ["convert", "inspect", "export"]) {
    expect(run(command, "model.onnx")).toEqual({
      status: 1,
      stdout: "",
      stderr: `fixed-classifier ${command} is in another package: npm install fixed-classifier-models\n`,
    });
  }
});

test("where the package is, it gets the command as it was given, and its exit status is the command's", () => {
  const lab = join(project, "node_modules/fixed-classifier-lab");
  mkdirSync(lab);
  writeFileSync(join(lab, "package.json"), '{ "bin": { "fixed-classifier-lab": "cli.js" } }');
  writeFileSync(join(lab, "cli.js"), "console.log(process.argv.slice(2).join('|')); process.exit(130);");
  expect(run("train", "a b.npy", "--lr", "1e-3")).toEqual({
    status: 130,
    stdout: "train|a b.npy|--lr|1e-3\n",
    stderr: "",
  });
});

test("a command gets the signals and the streams of this one: there is one process only", async () => {
  const server = join(project, "node_modules/fixed-classifier-server");
  mkdirSync(server);
  writeFileSync(join(server, "package.json"), '{ "bin": { "fixed-classifier-server": "cli.js" } }');
  writeFileSync(
    join(server, "cli.js"),
    `process.stdin.pipe(process.stdout);
    setInterval(() => {}, 1000);
    process.on("SIGTERM", () => process.stdout.write("asked to end " + process.pid, () => process.exit(7)));`,
  );
  const command = join(project, "node_modules/fixed-classifier/bin/fixed-classifier.js");
  const child = spawn(process.execPath, [command, "serve"], { cwd: project });
  const ended = once(child, "exit");
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  for (const line of ["one,", "two,"]) {
    child.stdin.write(line);
    while (!text.endsWith(line)) await once(child.stdout, "data");
  }
  child.kill("SIGTERM");
  expect(await ended).toEqual([7, null]);
  expect(text).toBe(`one,two,asked to end ${child.pid}`);
});
