import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { programOf } from "../../src/program.js";
import { SCHEMA } from "../../src/server/schema.js";
import { settingsOf } from "../../src/server/settings.js";
import { folderOf, put } from "../support/models.js";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const page = readFileSync(join(root, "docs/serving.md"), "utf8");

interface Block {
  readonly language: string;
  readonly code: string;
}

const blocks: Block[] = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => ({
  language,
  code,
}));

/** A Python with NumPy, which Debian's has. */
const python = ["python3", "/usr/bin/python3"].find(
  (name) => spawnSync(name, ["-c", "import numpy"]).status === 0,
);
if (python === undefined) console.warn("skipped: the page's example in Python needs python3-numpy");

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address() as { port: number };
      server.close(() => resolve(address.port));
    });
  });

describe("the page's commands, one after the other as they stand there", () => {
  const folder = folderOf();
  let ports: string[] = [];
  let server: ChildProcess | undefined;

  /** The same on ports that are free here. */
  const here = (code: string) => code.replaceAll("8080", ports[0]).replaceAll("8081", ports[1]);

  beforeAll(async () => {
    ports = [String(await freePort()), String(await freePort())];
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/fixed-classifier"));
    symlinkSync(join(root, "packages/server"), join(folder, "node_modules/fixed-classifier-server"));
    symlinkSync(join(root, "packages/node_modules/@grpc"), join(folder, "node_modules/@grpc"));
    put(
      join(folder, "bin/npx"),
      `#!/bin/sh\nshift\nexec '${process.execPath}' '${root}/packages/server/dist/cli.js' "$@"\n`,
    );
    chmodSync(join(folder, "bin/npx"), 0o755);
  });
  const end = async () => {
    if (server === undefined || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server?.once("exit", resolve));
    server.kill("SIGINT");
    await ended;
  };
  afterAll(end);

  const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` };

  async function start(code: string): Promise<void> {
    await end();
    const line = `exec ${code.trim()} --port ${ports[0]} --grpc-port ${ports[1]}`;
    const child = spawn("bash", ["-c", line], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] });
    server = child;
    await new Promise<void>((resolve, reject) => {
      let said = "";
      child.stdout.on("data", (chunk) => {
        said += chunk;
        if (said.includes('"msg":"ready"')) resolve();
      });
      child.once("exit", (status) => reject(new Error(`it ended with ${status}: ${said}`)));
    });
  }

  function run({ language, code }: Block): string {
    const options = { cwd: folder, env, encoding: "utf8", timeout: 60_000 } as const;
    if (language === "python") return execFileSync(python as string, ["-c", here(code)], options);
    if (language === "bash") return execFileSync("bash", ["-euc", here(code)], options);
    writeFileSync(join(folder, "example.js"), here(code));
    put(join(folder, "package.json"), '{ "type": "module" }');
    return execFileSync(process.execPath, ["example.js"], options);
  }

  for (const [i, block] of blocks.entries()) {
    const { language, code } = block;
    if (language === "text" || language === "yaml") continue;
    const name = `${i + 1}: ${language}: ${code.split("\n")[0]}`;
    const next = blocks[i + 1];
    if (language === "bash" && code.startsWith("npx fixed-classifier serve")) test(name, () => start(code));
    else
      test.skipIf(language === "python" && python === undefined)(name, () => {
        const said = run(block);
        if (next?.language === "text") expect(said.trimEnd()).toBe(next.code.trimEnd());
      });
  }

  test("the file of settings is one", () => {
    const [yaml] = blocks.filter(({ language }) => language === "yaml");
    writeFileSync(join(folder, "serve.yaml"), yaml.code);
    const settings = settingsOf(join(folder, "serve.yaml"), {}, []);
    expect(settings.models.map(({ name }) => name)).toEqual(["flowers", "birds"]);
  });
});

/** The first cells of the rows of a table of the page, by what stands in its head. */
function table(head: string): string[][] {
  const start = page.indexOf(`| ${head} `);
  const text = page.slice(start, page.indexOf("\n\n", start));
  return text
    .split("\n")
    .slice(2)
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}
const codes = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code);

describe("the page's reference", () => {
  /** Keys of the file with what they are without one; a list or an object without sections is one key. */
  function keysOf(schema: object, before = ""): [string, unknown][] {
    return Object.entries((schema as { properties: Record<string, object> }).properties).flatMap(
      ([name, value]): [string, unknown][] => {
        const { type, default: without } = value as { type?: string; default?: unknown };
        const isSection = type === "object" && without !== undefined;
        return isSection ? keysOf(value, `${before}${name}.`) : [[before + name, without]];
      },
    );
  }

  test("has every key of the settings with what it is without one, and no other", () => {
    const rows = table("key ").map(([, key, without]) => [codes(key)[0], without]);
    const keys = keysOf(SCHEMA);
    expect(rows.map(([key]) => key).sort()).toEqual(keys.map(([key]) => key).sort());
    const known = new Map(keys);
    for (const [key, without] of rows) {
      const expected = known.get(key);
      if (expected !== undefined && !Array.isArray(expected))
        expect([key, without]).toEqual([key, String(expected)]);
    }
  });

  test("has every flag of the command, and no other", () => {
    const serve = programOf().commands.find((command) => command.name() === "serve");
    const flags = serve?.options.map(({ long }) => long);
    expect(
      table("flag ")
        .flatMap(([, cell]) => codes(cell))
        .sort(),
    ).toEqual(flags?.sort());
  });

  test("has every metric of ours, and no other", async () => {
    const { ServerMetrics } = await import("../../src/server/metrics.js");
    const metrics = new ServerMetrics(() => "1");
    const zero = () => 0;
    metrics.watch({
      ...{
        requestsInFlight: zero,
        bytesInFlight: zero,
        eventLoopLagSeconds: zero,
        queued: zero,
        ready: zero,
      },
    });
    const text = await metrics.render();
    const names = [...text.matchAll(/^# HELP (fixed_classifier_\S+)/gm)].map(([, name]) => name);
    expect(
      table("metric ")
        .flatMap(([, cell]) => codes(cell))
        .sort(),
    ).toEqual(names.sort());
  });
});
