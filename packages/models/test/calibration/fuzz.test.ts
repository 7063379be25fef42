import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { readFeatures } from "../../src/calibration/features.js";
import { readLabels } from "../../src/calibration/labels.js";
import { headOf, readHead } from "../../src/commands/head-file.js";
import { Problem } from "../../src/problem.js";
import { processorTime, Random } from "../onnx/mutations.js";
import { folderOfTest } from "../read/fixtures/folder.js";
import { mutated } from "../read/fixtures/mutations.js";
import { bytesOf, numbers } from "../read/fixtures/numbers.js";
import { npyOf } from "../read/fixtures/numpy.js";
import { safetensorsOf } from "../read/fixtures/safetensors.js";
import { CASES, headOf as headOfCase } from "../write/heads.js";

/** Of all files together; `npm run fuzz` asks for more. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 10_000);
/** Milliseconds of the processor that one file may take. */
const SLOWEST = 2000;

const { put } = folderOfTest();

/** The sound file, and what is done with it. */
interface Subject {
  readonly name: string;
  readonly bytes: Uint8Array;
  use(path: string): Promise<void> | void;
}

const features: Subject["use"] = (path) => {
  const x = readFeatures(path, 4);
  expect(x.length % 4).toBe(0);
  expect(x.every(Number.isFinite)).toBe(true);
};
const labels: Subject["use"] = (path) => {
  const given = readLabels(path, { rows: 3, classes: 5, classNames: ["a", "b", "c", "c", "e"] });
  expect(given.length).toBe(3);
  expect(given.every((c) => c >= 0 && c < 5)).toBe(true);
};
const head: Subject["use"] = async (path) => {
  const { features, classes } = readHead(path);
  expect((await headOf(path)).head).toMatchObject({ features, classes });
};

const x = npyOf(bytesOf(numbers(12)), [3, 4]);
const y = npyOf(Uint8Array.of(0, 4, 2), [3], { descr: "|u1" });
const tensors = safetensorsOf({ x: { shape: [3, 4], data: bytesOf(numbers(12)) }, y: [3] });

const SUBJECTS: readonly Subject[] = [
  { name: "x.npy", bytes: x, use: features },
  { name: "x.npz", bytes: zipSync({ "x.npy": x, "y.npy": y }), use: features },
  { name: "x.safetensors", bytes: tensors, use: features },
  { name: "y.npy", bytes: y, use: labels },
  { name: "y.txt", bytes: Buffer.from("0\r\nb\ne\n"), use: labels },
  ...Object.keys(CASES).map((name) => ({
    name: `${name}.safetensors`,
    bytes: headOfCase(name).toSafetensors(),
    use: head,
  })),
];

const EACH = Math.ceil(RUNS / SUBJECTS.length);

describe(`${EACH} mutations each are read, or refused by a Problem, and soon:`, () => {
  test.each(SUBJECTS)("$name", { timeout: EACH * 100 + 60_000 }, async ({ name, bytes, use }) => {
    await use(put(name, bytes));
    let sound = 0;
    for (let run = 0; run < EACH; run++) {
      const path = put(name, mutated(name, bytes, new Random(run)));
      const start = processorTime();
      try {
        await use(path);
        sound++;
      } catch (error) {
        if (!(error instanceof Problem))
          throw new Error(`mutation ${run} of ${name}: ${(error as Error).stack?.slice(0, 2000)}`, {
            cause: error,
          });
      }
      expect(processorTime() - start, `mutation ${run} of ${name}`).toBeLessThan(SLOWEST);
    }
    expect(sound).toBeLessThan(EACH);
  });
});
