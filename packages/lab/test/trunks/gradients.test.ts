import { test } from "vitest";
import { Random } from "../../src/random.js";
import { checkTrunk } from "./check.js";

const rows = { batch: 5, evaluated: 4, seed: 1 };

test.each(["none", "mimic"] as const)("linear, norm %s", (norm) =>
  checkTrunk("linear:3", { ...rows, inputShape: [4], norm }, new Random(2).normals(20)),
);

test.each(["none", "batch", "frn", "mimic"] as const)("multilayer perceptron, norm %s", (norm) =>
  checkTrunk("mlp:6,3", { ...rows, inputShape: [2, 2], norm }, new Random(2).normals(20)),
);

test.each(["none", "batch", "frn", "mimic"] as const)("convolutions, norm %s", (norm) =>
  checkTrunk("conv:3,2", { ...rows, inputShape: [2, 5, 4], features: 3, norm }, new Random(2).normals(200)),
);

test("long short-term memory, with the embedding", () =>
  checkTrunk(
    "lstm:3",
    { batch: 2, evaluated: 3, seed: 1, inputShape: [], vocabulary: 5, steps: 4 },
    Float32Array.of(0, 1, 2, 2, 4, 0, 1, 1),
  ));
