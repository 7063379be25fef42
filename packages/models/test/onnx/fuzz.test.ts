import { expect, test } from "vitest";
import { modelPieces, openProto, parseModel } from "../../src/onnx/index.js";
import { Problem } from "../../src/problem.js";
import { authors } from "./fixtures/authors.js";
import { exporters } from "./fixtures/exporters.js";
import { forms } from "./fixtures/forms.js";
import { bytesOf } from "./fixtures/model.js";
import { mutatedBytes, mutatedModel, processorTime, Random } from "./mutations.js";
import { denseHead, ownFolder } from "./support.js";

/** `npm run fuzz` asks for more. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 3000);
const SLOWEST = 2000;

const folder = ownFolder();
const seeds = [...Object.values(exporters), ...Object.values(forms), ...Object.values(authors)].map((make) =>
  bytesOf(make().model),
);

/** Everything that is done with a model; what comes out is written and read again. */
function use(bytes: Uint8Array): void {
  const path = folder.path("fuzzed.onnx");
  const model = openProto(parseModel(bytes, path), path);
  const { features, classes, weights, bias } = model.lastLayer;
  expect(weights.length).toBe(features * classes);
  expect(bias?.length ?? classes).toBe(classes);
  for (const made of [model.cut(), model.attach(denseHead(model.lastLayer))]) {
    const again = new Uint8Array(Buffer.concat(modelPieces(made)));
    expect(parseModel(again, path).graph?.node.length).toBe(made.graph?.node.length);
  }
}

test("the models themselves pass", () => {
  for (const bytes of seeds) use(bytes);
});

test(
  `${RUNS} mutations: read, or refused by a Problem, and soon`,
  () => {
    let read = 0;
    for (let run = 0; run < RUNS; run++) {
      const random = new Random(run);
      const seed = random.of(seeds) ?? new Uint8Array();
      const bytes = run % 2 === 0 ? mutatedBytes(seed, random) : mutatedModel(seed, random);
      const start = processorTime();
      try {
        use(bytes);
        read++;
      } catch (error) {
        if (!(error instanceof Problem))
          throw new Error(`mutation ${run}: ${(error as Error).stack}`, { cause: error });
      }
      const took = processorTime() - start;
      expect(took, `mutation ${run}`).toBeLessThan(SLOWEST);
    }
    expect(read).toBeGreaterThan(RUNS / 20);
    expect(read).toBeLessThan(RUNS * 0.9);
  },
  RUNS * 20,
);
