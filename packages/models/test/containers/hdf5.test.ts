import { expect, test } from "vitest";
import { inMemory, openBytes } from "../../src/containers/bytes.js";
import { withHdf5 } from "../../src/containers/hdf5.js";
import { Problem } from "../../src/problem.js";
import { folderOfTest } from "../read/fixtures/folder.js";
import { hdf5Of } from "../read/fixtures/hdf5.js";

const folder = folderOfTest();

const whole = () =>
  hdf5Of({
    datasets: {
      "a/b/x": { shape: [3], data: Float32Array.of(1, 2, 3) },
      y: { shape: [2], data: Int16Array.of(4, 5) },
    },
    attributes: { a: { model_config: "{}", other: "not looked at" }, "": { layer_names: ["p", "q"] } },
  });

test("groups, datasets and texts are found by paths, in a file and in memory", async () => {
  const bytes = await whole();
  for (const source of [inMemory("x", bytes), openBytes(folder.put("x.h5", bytes))]) {
    await withHdf5(source, async ({ root, read }) => {
      expect(root.names()).toEqual(["a"]);
      expect(root.texts).toEqual({ layer_names: ["p", "q"] });
      expect(root.group("a")?.texts).toEqual({ model_config: "{}" });
      const x = root.group("a")?.dataset("b/x");
      expect(x).toMatchObject({ path: "a/b/x", shape: [3], kind: "float", size: 4, bytes: 12 });
      expect(x && (await read(x))).toEqual(new Uint8Array(Float32Array.of(1, 2, 3).buffer));
      expect(root.dataset("y")).toMatchObject({ kind: "integer", size: 2 });
      for (const name of ["none", "a/none", "a/../y", "/y", "y/x", ""])
        expect(root.dataset(name), name).toBe(null);
      expect(root.group("y")).toBe(null);
    });
  }
});

test("files are read one after the other, whatever is asked for at once", async () => {
  const source = inMemory("x", await whole());
  const all = Array.from({ length: 5 }, () => withHdf5(source, ({ root }) => root.names()));
  expect(await Promise.all(all)).toEqual(all.map(() => ["a"]));
});

/** Sets the size of what is free in the first heap of strings to nothing: the library then never comes to its end. */
function endless(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes);
  let at = file.indexOf("GCOL") + 16;
  while (file.readUInt16LE(at) !== 0) at += 16 + 8 * Math.ceil(Number(file.readBigUInt64LE(at + 8)) / 8);
  file.writeBigUInt64LE(0n, at + 8);
  return file;
}

test("one that would send the library round in circles is refused, and the next is read", async () => {
  const bytes = await whole();
  await withHdf5(inMemory("warm", bytes), () => null);
  const start = performance.now();
  const read = withHdf5(inMemory("x.h5", endless(bytes)), () => null);
  await expect(read).rejects.toThrow(/x\.h5 cannot be read as HDF5: it goes round in circles/);
  await expect(read).rejects.toBeInstanceOf(Problem);
  expect(performance.now() - start).toBeLessThan(2000);
  expect(await withHdf5(inMemory("x", bytes), ({ root }) => root.names())).toEqual(["a"]);
});

test("an error of the caller is his own, and the next file is read", async () => {
  const source = inMemory("x", await whole());
  const mine = new TypeError("mine");
  await expect(withHdf5(source, () => Promise.reject(mine))).rejects.toBe(mine);
  expect(await withHdf5(source, ({ root }) => root.names())).toEqual(["a"]);
});
