import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { provide } from "../fetch/provide.js";
import { Unavailable } from "../fetch/unavailable.js";

/** @import { Place } from "../fetch/provide.js" */

const cache = mkdtempSync(join(tmpdir(), "lab-results-"));
afterAll(() => rmSync(cache, { recursive: true }));

const sum = createHash("sha256").update("data").digest("hex");

/** @param {string} name @param {Place} place */
const source = (name, place) => ({
  name,
  title: "",
  origin: "",
  licence: "",
  place,
  files: { "a.txt": sum },
});

test("what is made is made once, and checked whenever it is used", async () => {
  let made = 0;
  const data = source("made", {
    make(folder) {
      made++;
      writeFileSync(join(folder, "a.txt"), "data");
    },
  });
  const files = await provide(data, undefined, cache);
  expect(readFileSync(files["a.txt"], "utf8")).toBe("data");
  expect(await provide(data, undefined, cache)).toEqual(files);
  expect(made).toBe(1);
  writeFileSync(files["a.txt"], "date");
  await expect(provide(data, undefined, cache)).rejects.toThrow(/a\.txt is not what the rows were made with/);
});

test("what fails half-way leaves nothing behind", async () => {
  const data = source("broken", {
    make(folder) {
      writeFileSync(join(folder, "a.txt"), "da");
      throw new Unavailable("the network is gone");
    },
  });
  await expect(provide(data, undefined, cache)).rejects.toThrow(Unavailable);
  expect(readdirSync(cache).filter((name) => name.startsWith("broken"))).toEqual([]);
});

test("shared data are asked for, and looked for where they are said to be", async () => {
  const data = source("ours", { shared: "ours" });
  await expect(provide(data, undefined, cache)).rejects.toThrow(/give --shared, a folder with ours\//);
  await expect(provide(data, cache, cache)).rejects.toThrow(/there is no .*ours/);
});
