import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { InferenceSession } from "onnxruntime-node";
import sharp from "sharp";
import { expect, test, vi } from "vitest";
import { featuresOfImages, imagesOf } from "../../src/calibration/images.js";
import { readCalibration } from "../../src/calibration/index.js";
import { floatTensor, nodeOf, openOnnx } from "../../src/onnx/index.js";
import { modelOf } from "../onnx/fixtures/model.js";
import { ownFolder } from "../onnx/support.js";

const folder = ownFolder();

/** A network whose features are the means of the channels, and of their squares. */
function network(input: readonly number[], pooled: readonly number[]): string {
  const model = modelOf({
    nodes: [
      nodeOf("Mul", ["x", "x"], ["squares"]),
      nodeOf("ReduceMean", ["x"], ["means"], { axes: pooled.map(BigInt), keepdims: 0n }),
      nodeOf("ReduceMean", ["squares"], ["powers"], { axes: pooled.map(BigInt), keepdims: 0n }),
      nodeOf("Concat", ["means", "powers"], ["features"], { axis: 1n }),
      nodeOf("Gemm", ["features", "W", "b"], ["y"]),
    ],
    initializers: [
      floatTensor(
        "W",
        [6, 2],
        Float32Array.from({ length: 12 }, (_, i) => i + 1),
      ),
      floatTensor("b", [2], Float32Array.of(1, 2)),
    ],
    input,
    outputs: { y: [-1, 2] },
  });
  return folder.file(model, `${input.join("x")}.onnx`);
}

/** Images of one colour each, larger than what the network takes. */
async function images(): Promise<string> {
  const path = folder.path("images");
  mkdirSync(join(path, "a"), { recursive: true });
  const colours = { "b.png": [255, 0, 51], "a/z.webp": [0, 102, 204], "c.png": [10, 20, 30] };
  for (const [name, [r, g, b]] of Object.entries(colours))
    await sharp({ create: { width: 40, height: 30, channels: 3, background: { r, g, b } } })
      .webp({ lossless: true })
      .toFormat(name.endsWith("png") ? "png" : "webp", { lossless: true })
      .toFile(join(path, name));
  return path;
}

test("features are what the network makes of images before its last layer, in the order of their paths", async () => {
  const path = await images();
  expect(imagesOf(path).map((file) => file.slice(path.length + 1).replaceAll("\\", "/"))).toEqual([
    "a/z.webp",
    "b.png",
    "c.png",
  ]);
  const [mean, std] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  const expected = [
    [0, 102, 204],
    [255, 0, 51],
    [10, 20, 30],
  ].flatMap((colour) => {
    const values = colour.map((value, c) => (value / 255 - mean[c]) / std[c]);
    return [...values, ...values.map((value) => value * value)];
  });
  const told: string[] = [];
  for (const [input, pooled] of [
    [
      [-1, 3, 8, 8],
      [2, 3],
    ],
    [
      [1, 3, 8, 8],
      [2, 3],
    ],
    [
      [2, 8, 8, 3],
      [1, 2],
    ],
    [
      [-1, 3, -1, -1],
      [2, 3],
    ],
  ]) {
    const model = openOnnx(network(input, pooled));
    const x = await featuresOfImages(path, model, {
      ...(input.includes(8) ? {} : { size: 16 }),
      onImages: (done, count) => told.push(`${done}/${count}`),
    });
    expect(x.length).toBe(18);
    for (const [i, value] of expected.entries()) expect(x[i], `${input}, ${i}`).toBeCloseTo(value, 3);
  }
  expect(told).toEqual(["3/3", "1/3", "2/3", "3/3", "2/3", "3/3", "3/3"]);
  const model = openOnnx(network([-1, 3, 8, 8], [2, 3]));
  const plain = { mean: [0, 0, 0], std: [1, 1, 1] };
  const { x } = await readCalibration(path, model.lastLayer, model, { images: plain });
  expect(x[1]).toBeCloseTo(102 / 255, 5);
});

test("what cannot be done with images is said before anything is computed", async () => {
  const path = await images();
  const model = openOnnx(network([-1, 3, 8, 8], [2, 3]));
  mkdirSync(folder.path("empty"), { recursive: true });
  await expect(featuresOfImages(folder.path("empty"), model)).rejects.toThrow(/empty has no images/);
  await expect(featuresOfImages(path, model, { mean: [0.5] })).rejects.toThrow(
    /--mean 0.5 .*three numbers each/,
  );
  await expect(featuresOfImages(path, model, { size: 16 })).rejects.toThrow(
    /takes images of 8 × 8 and of no other size: leave --size 16 out/,
  );
  expect((await featuresOfImages(path, model, { size: 8 })).length).toBe(18);
  await expect(featuresOfImages(path, model, { std: [1, 0, 1] })).rejects.toThrow(/--std above 0/);
  const places = modelOf({
    nodes: [
      nodeOf("ReduceMean", ["x"], ["columns"], { axes: [2n], keepdims: 0n }),
      nodeOf("Transpose", ["columns"], ["places"], { perm: [0n, 2n, 1n] }),
      nodeOf("MatMul", ["places", "W"], ["y"]),
    ],
    initializers: [floatTensor("W", [3, 2], new Float32Array(6).fill(1))],
    input: [-1, 3, 8, 8],
    outputs: { y: [-1, 8, 2] },
  });
  await expect(featuresOfImages(path, openOnnx(folder.file(places, "places.onnx")))).rejects.toThrow(
    /makes 24 × 3 features of 3 images of 8 × 8, where 3 × 3 were expected/,
  );
  const sized = modelOf({
    nodes: [nodeOf("Flatten", ["x"], ["flat"]), nodeOf("Gemm", ["flat", "W"], ["y"])],
    initializers: [floatTensor("W", [3 * 64, 2], new Float32Array(384).fill(1))],
    input: [-1, 3, -1, -1],
    outputs: { y: [-1, 2] },
  });
  await expect(
    featuresOfImages(path, openOnnx(folder.file(sized, "sized.onnx")), { size: 9 }),
  ).rejects.toThrow(/makes 3 × 243 features of 3 images of 9 × 9, where 3 × 192 were expected/);
  const odd = openOnnx(network([-1, 8, 8, 3], [1, 2]));
  await expect(featuresOfImages(path, odd, { layout: "nchw" })).rejects.toThrow(
    /x of 8 channels as nchw, .*--image-layout nhwc or nchw/,
  );
  const labels = folder.path("labels.txt");
  writeFileSync(labels, "0\n1\n");
  const told: number[] = [];
  const onImages = (done: number): void => {
    told.push(done);
  };
  await expect(
    readCalibration(path, model.lastLayer, model, { labels, images: { onImages } }),
  ).rejects.toThrow(/labels\.txt has 2 labels, and there are 3 rows of features/);
  expect(told).toEqual([]);
  expect(() => imagesOf(folder.path("none"))).toThrow(/none cannot be read: there is no such file/);
  const damaged = folder.path("damaged");
  mkdirSync(damaged);
  folder.file(modelOf({ nodes: [], input: [1] }), "damaged/a.png");
  await expect(featuresOfImages(damaged, model)).rejects.toThrow(/a\.png is damaged or no image/);
});

test("the session is let go where the network cannot be run", async () => {
  const path = await images();
  const session = await InferenceSession.create(network([-1, 3, 8, 8], [2, 3]));
  const release = vi.spyOn(Object.getPrototypeOf(session), "release");
  await session.release();
  expect(release).toHaveBeenCalledTimes(1);
  const model = openOnnx(network([-1, 3, -1, -1], [2, 3]));
  const std = [1e-45, 1, 1];
  await expect(featuresOfImages(path, model, { std, size: 9 })).rejects.toThrow(/the network makes/);
  expect(release).toHaveBeenCalledTimes(2);
  release.mockRestore();
});

test.runIf(process.platform !== "win32").each(["SIGINT", "SIGTERM"] as const)(
  "%s ends the command, and leaves no file behind",
  { timeout: 60_000 },
  async (signal) => {
    const path = await images();
    for (let i = 0; i < 1500; i++) copyFileSync(join(path, "b.png"), join(path, `copy-${i}.png`));
    const temporary = folder.path(`temporary-${signal}`);
    mkdirSync(temporary);
    const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
    const model = network([-1, 3, -1, -1], [2, 3]);
    const args = [cli, "convert", model, "--calibration", path, "--size", "512"];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = new Promise<unknown[]>((resolve) => {
      child.once("close", (...how) => resolve(how));
    });
    while (readdirSync(temporary).length === 0) {
      expect(child.exitCode).toBeNull();
      await setTimeout(10);
    }
    child.kill(signal);
    // By the signal itself, or where the bar was there by the number that stands for it.
    const [status, by] = await ended;
    expect(by ?? status).toBe(by === null ? 128 + constants.signals[signal] : signal);
    // Nor does ONNX Runtime, whose telemetry would.
    expect(readdirSync(temporary)).toEqual([]);
  },
);
