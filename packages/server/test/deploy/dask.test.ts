import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { parquetOf } from "../score/support/parquet.js";
import { folderOf, headOf, put, rowsOf } from "../support/models.js";
import { PACKAGE } from "./support/files.js";
import { SCORE, scored } from "./support/score.js";

/** A Python that has modules: Debian's own, where another one comes first. */
const pythonWith = (modules: string) =>
  ["python3", "/usr/bin/python3"].find((name) => spawnSync(name, ["-c", `import ${modules}`]).status === 0);
const python = pythonWith("distributed");
if (python === undefined)
  console.warn("skipped: the recipe for Dask needs `apt-get install python3-distributed`");
const withArrow = pythonWith("distributed, pyarrow.parquet");
if (withArrow === undefined)
  console.warn(
    "skipped: counting row groups by pyarrow needs `pip install distributed pyarrow`, which Debian has not",
  );

const GROUPS = 11;
const EACH = 2;
const PARTS = Math.ceil(GROUPS / EACH);

describe.skipIf(python === undefined)("the recipe for Dask", () => {
  const head = headOf({ features: 16, classes: 9 });
  const numbers = rowsOf(GROUPS * 50, 16);
  const rows = Array.from({ length: GROUPS * 50 }, (_, row) =>
    Array.from(numbers.subarray(row * 16, (row + 1) * 16)),
  );
  const making = { number: "f32", encoding: "plain", pageEntries: 10_000, groupRows: 50, pages: 1 } as const;
  const folder = folderOf({
    "head.safetensors": head.toSafetensors(),
    "features.parquet": parquetOf(rows, making),
  });
  const at = (name: string) => join(folder, name);
  const whole = at("whole.parquet");
  scored(["--model", at("head.safetensors"), at("features.parquet"), "--out", whole]);

  const rowsIn = (file: string) => {
    const { buffer, byteOffset, byteLength } = readFileSync(file);
    return parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer });
  };

  /** As a command, with `npx fixed-classifier` being what is built here. */
  const runRecipe = (by: string, args: readonly string[]) => {
    put(at("npx"), `#!/bin/sh\nshift 2\nexec '${SCORE.join("' '")}' "$@"\n`);
    chmodSync(at("npx"), 0o755);
    return spawnSync(by, [`${PACKAGE}/recipes/dask_score.py`, ...args], {
      encoding: "utf8",
      timeout: 110_000,
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, PYTHONDONTWRITEBYTECODE: "1" },
    });
  };

  /** Each part has the bytes that its row groups give again, and all together the rows of the whole. */
  const checkParts = async (target: string): Promise<string[]> => {
    const names = readdirSync(target).sort();
    expect(names).toHaveLength(PARTS);
    for (const [i, name] of names.entries()) {
      const again = at(`again-${name}`);
      const range = `${i * EACH}:${(i + 1) * EACH}`;
      scored([
        "--model",
        at("head.safetensors"),
        at("features.parquet"),
        "--row-groups",
        range,
        "--out",
        again,
      ]);
      expect(Buffer.compare(readFileSync(join(target, name)), readFileSync(again))).toBe(0);
    }
    const parts = await Promise.all(names.map((name) => rowsIn(join(target, name))));
    expect(parts.flat()).toEqual(await rowsIn(whole));
    return names;
  };

  test("with a worker killed in mid-work, its parts are run again, and all has the bits of one process", async () => {
    const target = at("scored");
    mkdirSync(target);
    // Each run leaves a line.
    put(at("run.sh"), `echo begun >> ${at("begun")}\nexec "$@"\n`);
    const job = {
      ...{ model: at("head.safetensors"), source: at("features.parquet"), target, count: GROUPS, each: EACH },
      command: ["sh", at("run.sh"), ...SCORE],
    };
    const { status, stdout, stderr } = spawnSync(
      python as string,
      [`${PACKAGE}/test/deploy/kill_a_worker.py`, JSON.stringify(job)],
      { encoding: "utf8", timeout: 110_000, env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } },
    );
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    const { done, replaced } = JSON.parse(stdout);
    expect(replaced).toBe(true);
    expect(readFileSync(at("begun"), "utf8").split("\n").length - 1).toBeGreaterThan(PARTS);

    const names = await checkParts(target);
    expect([...new Set(done)].sort()).toEqual(names.map((name) => join(target, name)));
  });

  test.skipIf(withArrow === undefined)(
    "started without the number of row groups, it has pyarrow count them",
    async () => {
      const target = at("counted");
      const args = [at("head.safetensors"), at("features.parquet"), target, "--each", String(EACH)];
      const { status, stderr } = runRecipe(withArrow as string, args);
      expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
      expect(stderr).toContain(`${PARTS}/${PARTS} `);
      await checkParts(target);
    },
  );

  test("started as a command, it scores the files of a folder, and stops at one that is damaged", () => {
    const [source, target] = [at("files"), at("files-scored")];
    mkdirSync(source);
    for (const name of ["a.parquet", "b.parquet"])
      writeFileSync(join(source, name), readFileSync(at("features.parquet")));
    const run = () => runRecipe(python as string, [at("head.safetensors"), source, target]);
    const first = run();
    expect({ status: first.status, stderr: first.status === 0 ? "" : first.stderr }).toEqual({
      status: 0,
      stderr: "",
    });
    for (const name of ["a.parquet", "b.parquet"])
      expect(Buffer.compare(readFileSync(join(target, name)), readFileSync(whole))).toBe(0);

    writeFileSync(join(source, "c.parquet"), "PAR1 and no more");
    const second = run();
    expect(second.status).toBe(1);
    expect(second.stderr).toContain("c.parquet");
    expect(readdirSync(target).sort()).toEqual(["a.parquet", "b.parquet"]);
  });
});
