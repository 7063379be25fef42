/** Addons that are broken, foreign, of another version or not there: the next backend runs, and says why. */

import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  foldersNear,
  LOCAL_BUILD,
  PREBUILT,
  prebuildOf,
  thisTarget,
} from "../../lib/backends/native/candidates.js";
import { VERSION } from "../../lib/version.js";
import { freeChoice } from "../support/environments.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const target = thisTarget(fs);
const local = join(root, LOCAL_BUILD);
const built = existsSync(local);
const major = Number(process.versions.node.split(".")[0]);
const withAddon = built ? test : test.skip;

/** As npm installs it. */
let home: string;
let checksumOf: (bytes: Uint8Array) => string;
beforeAll(async () => {
  ({ checksum: checksumOf } = await import("../../scripts/prebuild/record.js" as string));
  home = mkdtempSync(join(tmpdir(), "fixed-classifier-load-"));
  cpSync(join(root, "dist"), join(home, "node_modules/fixed-classifier/dist"), { recursive: true });
  cpSync(join(root, "package.json"), join(home, "node_modules/fixed-classifier/package.json"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const inPackage = (file: string): string => join(home, "node_modules/fixed-classifier", file);
const prebuild = (): string => inPackage(prebuildOf(target));

beforeEach(() => {
  for (const folder of ["prebuilds", "build", "binding.gyp"]) {
    rmSync(inPackage(folder), { recursive: true, force: true });
  }
});

/** Puts bytes where an addon is looked for, as `npm run prebuild` would. */
function put(bytes: Uint8Array, { record = true, path = prebuild() } = {}): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  if (record)
    writeFileSync(
      path.replace(/node$/, "json"),
      JSON.stringify({ bytes: bytes.length, checksum: checksumOf(bytes) }),
    );
}

interface Loaded {
  name: string;
  failures: { name: string; message: string }[];
  warnings: { code?: string; message: string }[];
}

/** What a process of its own says of the package. */
async function loaded(flags: string[] = [], env: NodeJS.ProcessEnv = {}, entry?: string): Promise<Loaded> {
  const script = join(root, "test/environments/loaded.js");
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...flags, script, entry ?? inPackage(dist())],
    { env: { ...freeChoice, ...env } },
  );
  return { ...JSON.parse(stdout), stderr };
}

/** Where package.json says that an import finds it. */
function dist(): string {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const find = (entry: unknown): string =>
    typeof entry === "string"
      ? entry
      : find((entry as Record<string, unknown>).import ?? (entry as Record<string, unknown>).default);
  return find(exports["."].node ?? exports["."]);
}

const addonBytes = (): Buffer => readFileSync(local);

/** Falls to the next backend, and says once why: each part of the reason is a pattern. */
async function expectLost(...reasons: (string | RegExp)[]): Promise<void> {
  const { name, failures, warnings } = await loaded();
  expect(name).toBe("wasm");
  expect(failures.map((failure) => failure.name)).toEqual(["native"]);
  const [{ message } = { message: "" }] = failures;
  expect(message).toMatch(/^the native addon could not be loaded: /);
  for (const reason of reasons) expect(message).toMatch(reason);
  expect(warnings).toEqual([
    {
      code: "FIXED_CLASSIFIER_ADDON_LOST",
      message: `fixed-classifier runs on wasm, which is slower: ${message}`,
    },
  ]);
}

test("the version in the sources is that of the package", () => {
  expect(VERSION).toBe(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version);
});

test("the platforms of the loader are those that are built", async () => {
  const { TARGETS } = (await import("../../scripts/prebuild/targets.js" as string)) as { TARGETS: object };
  expect([...PREBUILT].sort()).toEqual(Object.keys(TARGETS).sort());
});

describe("an addon that is whole", () => {
  withAddon("as this platform's prebuild", async () => {
    put(addonBytes());
    expect(await loaded()).toMatchObject({ name: "native", failures: [], warnings: [] });
  });

  withAddon("in a process without WebAssembly", async () => {
    put(addonBytes());
    expect(await loaded(["--jitless"])).toMatchObject({ name: "native", failures: [], warnings: [] });
  });

  withAddon("as a local build, which is newer than a prebuild", async () => {
    put(addonBytes(), { path: inPackage(LOCAL_BUILD), record: false });
    put(Buffer.from("no addon"));
    expect(await loaded()).toMatchObject({ name: "native", failures: [], warnings: [] });
  });

  withAddon("as a prebuild behind a local build that is broken", async () => {
    put(Buffer.from("no addon"), { path: inPackage(LOCAL_BUILD), record: false });
    put(addonBytes());
    expect(await loaded()).toMatchObject({ name: "native", failures: [], warnings: [] });
  });
});

describe("an addon that is not", () => {
  test.each([0, 1, 64, 4096])("of %i bytes", async (length) => {
    const bytes = built ? addonBytes().subarray(0, length) : new Uint8Array(length);
    put(bytes, { record: false });
    await expectLost(prebuild(), "install the package again");
  });

  withAddon.each([0.3, 0.9999])("cut off at %f of its length, with and without a record", async (part) => {
    const bytes = addonBytes();
    const cut = bytes.subarray(0, Math.floor(bytes.length * part));
    put(bytes);
    put(cut, { record: false });
    await expectLost(
      prebuild(),
      `is cut off: ${cut.length} of ${bytes.length} bytes`,
      "install the package again",
    );
    if (process.platform !== "linux") return;
    rmSync(prebuild().replace(/node$/, "json"));
    await expectLost(prebuild(), `is cut off: ${cut.length} of `, "install the package again");
  });

  withAddon.each([0.2, 0.8])("with a wrong byte at %f of its length", async (part) => {
    const bytes = addonBytes();
    put(bytes);
    const at = Math.floor(bytes.length * part);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    put(bytes, { record: false });
    await expectLost(
      prebuild(),
      "is damaged: its bytes are not those that were built",
      "install the package again",
    );
  });

  test("with a record that is none", async () => {
    put(Buffer.from("no addon"));
    writeFileSync(prebuild().replace(/node$/, "json"), "{");
    await expectLost(prebuild(), "does not load: ", "JSON");
  });

  test("of another platform", async () => {
    put(Buffer.concat([Buffer.from("MZ\x90\0"), Buffer.alloc(4096)]));
    await expectLost(prebuild(), "does not load: ", "install the package again");
  });

  withAddon("of another architecture", async () => {
    const bytes = addonBytes();
    if (bytes[0] !== 0x7f) return; // no ELF file
    bytes.writeUInt16LE(bytes.readUInt16LE(18) === 62 ? 183 : 62, 18);
    put(bytes);
    await expectLost(prebuild(), "does not load: ");
  });

  withAddon("of an older version", async () => {
    const bytes = addonBytes();
    const at = bytes.indexOf(`\0${VERSION}\0`);
    expect(at).toBeGreaterThan(0);
    bytes.write("0.0.9", at + 1);
    put(bytes);
    await expectLost(
      `${prebuild()} is of version 0.0.9, and this JavaScript of ${VERSION}`,
      "install the package again",
    );
  });

  /** The addon with a function under another name, as one that was built before there was such a function. */
  const withoutFunction = (name: string): Buffer => {
    const bytes = addonBytes();
    for (let at = bytes.indexOf(`\0${name}\0`); at >= 0; at = bytes.indexOf(`\0${name}\0`, at + 1)) {
      bytes.write("_", at + 1);
    }
    return bytes;
  };

  withAddon("of other sources with the same version, in the package", async () => {
    put(withoutFunction("planForward"));
    await expectLost(
      `${prebuild()} was built from other sources than this JavaScript, and has no such function as its kernels.planForward`,
      "install the package again",
    );
  });

  withAddon("of other sources with the same version, built in a checkout", async () => {
    writeFileSync(inPackage("binding.gyp"), "{}");
    const path = inPackage(LOCAL_BUILD);
    put(withoutFunction("tryForward"), { path, record: false });
    await expectLost(
      `${path} was built from other sources`,
      "kernels.tryForward; run `npm run build:native`",
    );
  });

  test("that is a folder", async () => {
    mkdirSync(prebuild(), { recursive: true });
    await expectLost(prebuild(), "does not load: EISDIR");
  });
});

describe("no addon at all", () => {
  test("in the package: what keeps it in a bundle is told", async () => {
    await expectLost(
      `${prebuildOf(target)} is in none of the folders ${inPackage("")}`,
      "keep the package out of the bundle",
    );
  });

  test("in a checkout: its own set-up has told", async () => {
    writeFileSync(inPackage("binding.gyp"), "{}");
    const { name, failures, warnings } = await loaded();
    expect([name, warnings]).toEqual(["wasm", []]);
    expect(failures[0]?.message).toMatch("it was not built in this checkout; run `npm run build:native`");
  });

  const permission = major < 23 ? "--experimental-permission" : "--permission";
  test.each([
    ["--no-addons", () => ["--no-addons"]],
    ["no permission for addons", () => [permission, "--allow-fs-read=*"]],
    [
      "no permission to read one",
      () => [
        permission,
        ...[join(root, "test/environments/"), inPackage("dist/"), inPackage("package.json")].map(
          (path) => `--allow-fs-read=${path}`,
        ),
      ],
    ],
  ])("%s is a choice, of which nobody needs to be told", async (_, flags) => {
    if (built) put(addonBytes());
    const { name, failures, warnings } = await loaded(flags());
    expect([name, warnings]).toEqual(["wasm", []]);
    expect(failures[0]?.message).toMatch(/this process may not/);
  });

  test("another backend that is asked for is a choice too", async () => {
    expect(await loaded([], { FIXED_CLASSIFIER_BACKEND: "wasm" })).toMatchObject({
      name: "wasm",
      failures: [],
      warnings: [],
    });
  });

  test("that is asked for is an error", async () => {
    await expect(loaded([], { FIXED_CLASSIFIER_BACKEND: "native" })).rejects.toThrow(
      "keep the package out of the bundle",
    );
  });
});

describe("where it looks", () => {
  const builtin = process.getBuiltinModule;
  const near = (file: string | undefined): string[] => [...foldersNear(file, builtin)];

  test("the package, in dist/ and in lib/, whatever folders are around it", () => {
    for (const inside of ["dist/index.js", "dist/index.cjs", "lib/backends/native/load.ts"]) {
      for (const outside of ["/a", "/usr/lib/node_modules/b c", "/x/dist/y/lib/z"]) {
        expect(near(join(outside, inside))[0]).toBe(fileURLToPath(pathToFileURL(`${outside}/`)));
      }
    }
  });

  test("the folder of a bundle, then the package that an import there finds", () => {
    expect(near(join(home, "out/server.mjs"))).toEqual([join(home, "out/"), inPackage("/")]);
  });

  test("the folder of a program that Bun has compiled into one file", () => {
    const folder = fileURLToPath(new URL(".", pathToFileURL(process.execPath)));
    for (const module of ["/$bunfs/root/server", "B:\\~BUN\\root\\server.exe", "B:/~BUN/root/server.exe"]) {
      expect(near(module)[0]).toBe(folder);
    }
  });

  test("the folder of the program, in a bundle that does not know its file", () => {
    const [folder] = near(undefined);
    expect(process.argv[1]?.startsWith(folder as string)).toBe(true);
  });

  test("for musl, where that loads the program", () => {
    const withHeader = (header: string) =>
      ({
        openSync: () => 3,
        closeSync: () => {},
        readSync: (_file: number, into: Uint8Array) => into.set(Buffer.from(header)),
      }) as unknown as typeof fs;
    const linux = process.platform === "linux";
    const plain = `${process.platform}-${process.arch}`;
    expect(thisTarget(withHeader("\x7fELF … /lib/ld-musl-x86_64.so.1"))).toBe(
      linux ? `${plain}-musl` : plain,
    );
    expect(thisTarget(withHeader("\x7fELF … /lib64/ld-linux-x86-64.so.2"))).toBe(plain);
    const refuses = {
      openSync: () => {
        throw new Error("EACCES");
      },
    } as unknown as typeof fs;
    expect(thisTarget(refuses)).toBe(plain);
  });
});
