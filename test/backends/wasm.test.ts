/** Where WebAssembly is missing, forbidden, without SIMD or short of memory: the next tier, and why. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { freeChoice, PATIENCE } from "../support/environments.js";

const script = fileURLToPath(new URL("../environments/wasm.js", import.meta.url));

async function outcome(flags: string[], ...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-addons", ...flags, script, ...args], {
    env: freeChoice,
  });
  const found = JSON.parse(stdout) as Record<string, unknown>;
  expect(found.transform).toEqual([10, -2, -4, 0]);
  return found;
}

test(
  "a module that may not be compiled",
  async () => {
    expect(await outcome([], "forbidden")).toMatchObject({
      name: "js",
      failures: { wasm: expect.stringMatching(/WebAssembly.*disallowed by embedder/) },
    });
  },
  PATIENCE,
);

test(
  "no WebAssembly at all",
  async () => {
    expect(await outcome(["--jitless"])).toMatchObject({
      name: "js",
      failures: { wasm: expect.stringContaining("needs WebAssembly, which this process does not have") },
    });
  },
  PATIENCE,
);

test(
  "no SIMD",
  async () => {
    const found = await outcome(["--no-enable-ssse3", "--no-enable-sse4-1"]);
    expect(found).toMatchObject({
      name: "wasm",
      instructionSet: process.arch === "x64" ? "baseline" : "simd128",
    });
  },
  PATIENCE,
);

test(
  "memory that cannot grow is an error of the call, and smaller calls go on",
  async () => {
    const { many, ...found } = await outcome(["--wasm-max-mem-pages=8"]);
    expect(found).toMatchObject({
      name: "wasm",
      memory: {
        before: 1,
        refused: expect.stringMatching(/^RangeError: the wasm backend cannot get \d+ MiB of memory; .*js/),
        after: 2,
      },
    });
    // Rows that do not go in are left to plain TypeScript.
    const { best, plain } = many as Record<"best" | "plain", number[]>;
    expect(best).toEqual(plain);
    expect(best).toHaveLength(6);
  },
  PATIENCE,
);
