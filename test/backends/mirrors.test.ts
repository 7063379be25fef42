/**
 * Interfaces in lib/ that mirror what other languages export: the same names, and as many parameters. TypeScript cannot see across, so a
 * parameter that is added on one side only would be read as undefined.
 */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { parseSync } from "@swc/core";
import { functionAmiss, NEEDED } from "../../lib/backends/native/functions.js";
import { loadAddon } from "../../lib/backends/native/load.js";
import { bytesFromBase64 } from "../../lib/backends/wasm/base64.js";
import { BASELINE, SIMD128 } from "../../lib/backends/wasm/binary.js";
import { missing } from "../support/backends.js";

/** Names of an interface; for a function the number of its parameters, for anything else null. */
function membersOf(path: string, name: string): Record<string, number | null> {
  const source = readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), "utf8");
  const { body } = parseSync(source, { syntax: "typescript" });
  const declarations = body.map((item) => (item.type === "ExportDeclaration" ? item.declaration : item));
  const found = declarations.find((item) => item.type === "TsInterfaceDeclaration" && item.id.value === name);
  if (found?.type !== "TsInterfaceDeclaration") throw new Error(`no interface ${name} in ${path}`);
  return Object.fromEntries(
    found.body.body.map((member) => {
      if (member.type !== "TsMethodSignature" && member.type !== "TsPropertySignature") {
        throw new Error(`${name} has a member of the kind ${member.type}`);
      }
      const { value } = member.key as { value: string };
      return [value, member.type === "TsMethodSignature" ? member.params.length : null];
    }),
  );
}

const exportsOf = (object: object): Record<string, number | null> =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, typeof value === "function" ? value.length : null]),
  );

test.each([
  ["simd128", SIMD128],
  ["baseline", BASELINE],
])("the exports of the WebAssembly module, %s", (_, text) => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytesFromBase64(text)));
  expect(exportsOf(exports)).toEqual(membersOf("lib/backends/wasm/engine.ts", "Kernels"));
});

const native = missing.some(({ name }) => name === "native") ? describe.skip : describe;

native("what the addon exports", () => {
  const path = "lib/backends/native/addon.ts";

  /** The functions of an object of the addon, with how many arguments they say they read. */
  const functionsOf = (object: object, arities: Readonly<Record<string, number>>): Record<string, number> => {
    const names = Object.entries(object).filter(([, value]) => typeof value === "function");
    expect(names.map(([name]) => name).sort()).toEqual(Object.keys(arities).sort());
    return { ...arities };
  };
  const methodsOf = (name: string): Record<string, number | null> =>
    Object.fromEntries(Object.entries(membersOf(path, name)).filter(([, arity]) => arity !== null));

  test("the module", () => {
    const addon = loadAddon();
    expect(functionsOf(addon, addon.arities.module)).toEqual(methodsOf("Addon"));
    expect(Object.keys(addon).sort()).toEqual(Object.keys(membersOf(path, "Addon")).sort());
  });

  test("the kernels of every instruction set", () => {
    const addon = loadAddon();
    for (const instructionSet of addon.instructionSets) {
      const kernels = addon.create(instructionSet, 1);
      expect(functionsOf(kernels, addon.arities.kernels)).toEqual(methodsOf("Kernels"));
    }
  });

  test("what the loader asks of an addon is all that is called", () => {
    expect(NEEDED.module).toEqual(methodsOf("Addon"));
    expect(NEEDED.kernels).toEqual(methodsOf("Kernels"));
    const { module, kernels } = NEEDED;
    expect(functionAmiss({ arities: NEEDED })).toBeUndefined();
    expect(functionAmiss({})).toBe("module.misalignment");
    expect(functionAmiss({ arities: { module, kernels: { ...kernels, topK: 6 } } })).toBe("kernels.topK");
  });

  test("a function refuses a call with fewer arguments than it reads", () => {
    const { create } = loadAddon();
    const scalar = create("scalar", 1) as unknown as Record<string, (...values: unknown[]) => unknown>;
    const [x, out] = [new Int8Array(4), new Float32Array(4)];
    expect(() => scalar.decodeInt8?.(x, out)).not.toThrow();
    expect(() => scalar.decodeInt8?.(x)).toThrow(/arguments do not fit/);
  });
});
