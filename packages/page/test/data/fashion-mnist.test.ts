import { readFile } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { imageAt, labelled, loadImages, PIXELS } from "../../src/data/fashion-mnist.js";

const folder = new URL("../../../../examples/data/fashion-mnist-small/", import.meta.url);

/** A server of the files of the repository, whose answers a test may change. */
function serve(change: (bytes: Uint8Array<ArrayBuffer>, name: string) => Response): void {
  vi.stubGlobal("fetch", async (url: string) => {
    const name = url.split("/").at(-1) as string;
    return change(new Uint8Array(await readFile(new URL(name, folder))), name);
  });
}

afterEach(() => vi.unstubAllGlobals());

test("the images of both parts, with a hundred of each class to test", async () => {
  serve((bytes) => new Response(bytes));
  const [train, test] = await Promise.all([loadImages("train"), loadImages("test")]);
  expect([train.count, test.count]).toEqual([6000, 1000]);
  expect(train.pixels).toHaveLength(6000 * PIXELS);
  const counts = new Array(10).fill(0);
  for (const label of test.labels) counts[label]++;
  expect(counts).toEqual(new Array(10).fill(100));
  const image = imageAt(test, 999);
  expect(image).toHaveLength(PIXELS);
  expect(Math.max(...image)).toBeGreaterThan(0.5);
  expect(Math.max(...image)).toBeLessThanOrEqual(1);
});

test("a server that unpacks on the way", async () => {
  serve((bytes) => new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))));
  expect((await loadImages("test")).count).toBe(1000);
});

test("what does not arrive says so", async () => {
  serve(() => new Response("", { status: 404 }));
  await expect(loadImages("test")).rejects.toThrow(
    /^t10k-\w+-idx\d-ubyte\.gz could not be fetched: the server says 404$/,
  );
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  await expect(loadImages("test")).rejects.toThrow(
    /^t10k-\w+-idx\d-ubyte\.gz could not be fetched: is there a connection\?$/,
  );
});

test("what arrives cut short or as another file is refused", async () => {
  serve((bytes) => new Response(bytes.slice(0, bytes.length - 100)));
  await expect(loadImages("test")).rejects.toThrow(/^t10k-\w+-idx\d-ubyte\.gz arrived damaged$/);
  serve(() => new Response("<!doctype html>"));
  await expect(loadImages("test")).rejects.toThrow("not an IDX file of bytes");
});

test("labels that belong to other images are refused", () => {
  const images = Uint8Array.of(
    0,
    0,
    8,
    3,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    28,
    0,
    0,
    0,
    28,
    ...new Array(PIXELS).fill(0),
  );
  const labels = (...values: number[]) => Uint8Array.of(0, 0, 8, 1, 0, 0, 0, values.length, ...values);
  expect(labelled("test", images, labels(9)).count).toBe(1);
  const refused = "the test images and labels do not belong together";
  expect(() => labelled("test", images, labels(10))).toThrow(new RangeError(refused));
  expect(() => labelled("test", images, labels(1, 2))).toThrow(new RangeError(refused));
  expect(() => labelled("test", labels(1), labels(1))).toThrow(new RangeError(refused));
});
