import { beforeAll, describe, expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { readLastLayer } from "../../src/read/index.js";
import { processorTime, Random } from "../onnx/mutations.js";
import { type Container, containers, type Files } from "./fixtures/containers.js";
import { folderOfTest } from "./fixtures/folder.js";
import { mutated } from "./fixtures/mutations.js";

/** Of all containers together; `FUZZ_RUNS=100000` for the long one. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 10_000);
/** Milliseconds of the processor that one file may take; the library of HDF5 goes round in circles for one of these seconds. */
const SLOWEST = 2000;

const folder = folderOfTest();

let all: Record<string, Container> = {};
beforeAll(async () => {
  all = await containers();
});

const NAMES = [
  "safetensors",
  "shards",
  "npy",
  "npz",
  "layers",
  "graph",
  "h5",
  "archive",
  "folder",
  "sentences",
];
const EACH = Math.ceil(RUNS / NAMES.length);

describe(`${EACH} mutations each are read, or refused by a Problem, and soon:`, () => {
  test.each(NAMES)("%s", { timeout: EACH * 100 + 60_000 }, async (name) => {
    const { files, read, options = {}, changed } = all[name];
    const write = (content: Files) => {
      for (const [file, bytes] of Object.entries(content)) folder.put(file, bytes);
    };
    write(files);
    expect(await readLastLayer(folder.at(read), options)).toMatchObject({ features: 4, classes: 3 });
    let sound = 0;
    for (let run = 0; run < EACH; run++) {
      const random = new Random(run);
      const file = random.of(changed) as string;
      write({ [file]: mutated(file, files[file], random) });
      const start = processorTime();
      try {
        const { features, classes, weights, bias } = await readLastLayer(folder.at(read), options);
        expect(weights.length).toBe(features * classes);
        expect(bias?.length ?? classes).toBe(classes);
        sound++;
      } catch (error) {
        if (!(error instanceof Problem))
          throw new Error(`mutation ${run} of ${file}: ${(error as Error).stack}`, { cause: error });
      }
      expect(processorTime() - start, `mutation ${run} of ${file}`).toBeLessThan(SLOWEST);
      write({ [file]: files[file] });
    }
    expect(sound).toBeLessThan(EACH);
  });
});
