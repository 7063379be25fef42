import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { parquetOf } from "../score/support/parquet.js";
import { folderOf, headOf, put, rowsOf } from "../support/models.js";
import { documents, PACKAGE } from "./support/files.js";
import { SCORE, scored } from "./support/score.js";

const WIDTH = 16;
const head = headOf({ features: WIDTH, classes: 9 }).toSafetensors();
const table = (rows: number, groupRows: number, seed = 0): Uint8Array => {
  const numbers = rowsOf(rows, WIDTH, seed);
  const lists = Array.from({ length: rows }, (_, row) =>
    Array.from(numbers.subarray(row * WIDTH, (row + 1) * WIDTH)),
  );
  return parquetOf(lists, { number: "f32", encoding: "plain", pageEntries: 10_000, groupRows, pages: 1 });
};
const rowsIn = (file: string) => {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer });
};

test("the tasks of a Slurm array score all row groups between them, and one that is run again gives the same bytes", async () => {
  const folder = folderOf({ "head.safetensors": head, "features.parquet": table(250, 50) });
  const at = (name: string) => join(folder, name);
  put(at("npx"), `#!/bin/sh\nshift 2\nexec '${SCORE.join("' '")}' "$@"\n`);
  chmodSync(at("npx"), 0o755);
  const task = (index: number) => {
    const args = ["head.safetensors", "features.parquet", "scored", "2"];
    const { status, stderr } = spawnSync("bash", [`${PACKAGE}/recipes/slurm-array.sh`, ...args], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, SLURM_ARRAY_TASK_ID: String(index) },
    });
    return { status, stderr };
  };
  for (const index of [0, 1, 2]) expect(task(index).status).toBe(0);
  const names = ["part-000000.parquet", "part-000002.parquet", "part-000004.parquet"];
  const parts = await Promise.all(names.map((name) => rowsIn(at(`scored/${name}`))));
  scored(["--model", at("head.safetensors"), at("features.parquet"), "--out", at("whole.parquet")]);
  expect(parts.flat()).toEqual(await rowsIn(at("whole.parquet")));

  const before = readFileSync(at(`scored/${names[1]}`));
  expect(task(1).status).toBe(0);
  expect(Buffer.compare(readFileSync(at(`scored/${names[1]}`)), before)).toBe(0);

  // More tasks than the file has parts is a mistake that is told.
  const beyond = task(3);
  expect(beyond.status).not.toBe(0);
  expect(beyond.stderr).toContain("5 groups of rows");
});

test("the pods of a Job score each its file, by the number that Kubernetes puts in", () => {
  const folder = folderOf({ "models/flowers/head.safetensors": head });
  mkdirSync(join(folder, "scored"));
  for (const index of [0, 1]) put(join(folder, `features/part-${index}.parquet`), table(60, 30, index));
  const [{ spec }] = documents("recipes/kubernetes-job.yaml");
  const [container] = spec.template.spec.containers;
  const mounts: string[] = container.volumeMounts.map(({ mountPath }: { mountPath: string }) => mountPath);
  for (const index of [0, 1]) {
    const args = container.args.map((arg: string) => {
      const filled = arg.replaceAll("$(JOB_COMPLETION_INDEX)", String(index));
      return mounts.reduce((path, mount) => path.replace(`${mount}/`, `${folder}${mount}/`), filled);
    });
    expect(args[0]).toBe("score");
    scored(args.slice(1));
    const alone = join(folder, `alone-${index}.parquet`);
    scored([
      "--model",
      join(folder, "models/flowers"),
      join(folder, `features/part-${index}.parquet`),
      "--out",
      alone,
    ]);
    const made = readFileSync(join(folder, `scored/part-${index}.parquet`));
    expect(Buffer.compare(made, readFileSync(alone))).toBe(0);
  }
});
