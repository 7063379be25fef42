/** A head has neither class vectors nor kernels before it is used, so that it costs nothing to load a file. */

import { describe, expect, test } from "@jest/globals";
import { type Backend, FixedClassifier, type FixedClassifierOptions } from "../../lib/index.js";
import { reference as js } from "../support/backends.js";
import { fileOf } from "../support/files.js";
import { floats } from "../support/random.js";

/** A backend that counts the kernels it makes. */
function counting(): { backend: Backend; made: () => number } {
  let made = 0;
  const backend: Backend = {
    ...js,
    head(table) {
      made++;
      return js.head(table);
    },
  };
  return { backend, made: () => made };
}

const SHAPE = { features: 16, classes: 12 };

test("kernels are made once, by the first call that needs them", () => {
  const x = floats(16, 1);
  const uses: ((head: FixedClassifier) => unknown)[] = [
    (head) => head.forward(x),
    (head) => head.topK(x, 2),
    (head) => head.probabilities(x),
    (head) => head.plan(x)(),
    (head) => head.backward(x, floats(12, 2)),
    (head) => head.lossAndGradient(x, [3]),
    (head) => head.forwardAsync(x),
  ];
  for (const use of uses) {
    const { backend, made } = counting();
    const head = FixedClassifier.fromSafetensors(
      new FixedClassifier({ ...SHAPE, backend }).withClasses(12).toSafetensors(),
      { backend },
    );
    head.scale = 3;
    expect([made(), head.code.name, head.settings.classes]).toEqual([0, "hadamard", 12]);
    use(head);
    use(head);
    expect(made()).toBe(1);
  }
});

/** What a file says of a head without a bias, in some 300 bytes. */
const small = (settings: Record<string, string>, assignment?: Int32Array): Uint8Array => {
  const more = assignment && {
    "code.assignment": {
      dtype: "I32",
      shape: [assignment.length],
      data_offsets: [4, 4 + 4 * assignment.length],
    },
  };
  const metadata = {
    format: "fixed-classifier",
    version: "1",
    learnScale: "true",
    codeVersion: "1",
    ...settings,
  };
  const scale = { dtype: "F32", shape: [1], data_offsets: [0, 4] };
  return fileOf(
    { __metadata__: metadata, scale, ...more },
    new Uint8Array(Uint32Array.of(0x3f800000, ...(assignment ?? [])).buffer),
  );
};

describe("a small file that asks for much is loaded at once", () => {
  const seed = { "code.seed": "0" };
  test.each([
    ["orthogonal, a square", small({ code: "orthogonal", features: "2048", classes: "2048", ...seed })],
    ["orthogonal, a gigabyte", small({ code: "orthogonal", features: "65536", classes: "4096", ...seed })],
    ["orthogonal, many groups", small({ code: "orthogonal", features: "33", classes: "8000000", ...seed })],
    ["hadamard, random masks", small({ code: "hadamard", features: "30", classes: "16777216", ...seed })],
    [
      "hadamard, an assignment",
      small({ code: "hadamard", features: "512", classes: "16777216", ...seed }, Int32Array.of(9, 3)),
    ],
    ["hadamard, wide", small({ code: "hadamard", features: "65536", classes: "16777216", ...seed })],
    ["cube", small({ code: "cube", features: "24", classes: "16777216" })],
    [
      "sylvester",
      small({
        code: "sylvester",
        features: "65536",
        classes: "16777216",
        "code.allowDuplicates": "true",
        ...seed,
      }),
    ],
  ])("%s", (_, file) => {
    expect(file.length).toBeLessThan(500);
    const start = process.cpuUsage();
    for (let i = 0; i < 20; i++) {
      const head = FixedClassifier.fromSafetensors(file, { backend: js });
      expect(head.toSafetensors().length).toBeLessThan(500);
    }
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 20_000).toBeLessThan(20);
  });
});

test("what a code has no vectors for is refused when the head is made", () => {
  for (const options of [
    { features: 5, classes: 100, code: "hadamard" },
    { features: 8, classes: 9, code: "sylvester" },
    { features: 12, classes: 3, code: "simplex" },
    { features: 12, classes: 25, code: "orthoplex" },
    { features: 3, classes: 9, code: "cube" },
    { features: 65536, classes: 4097, code: "orthogonal" },
    { features: 65536, classes: 4097, code: "learned" },
  ] as FixedClassifierOptions[]) {
    expect(() => new FixedClassifier({ ...options, backend: js })).toThrow(RangeError);
  }
});

test("class vectors stay the same arrays once they are made", () => {
  for (const code of ["hadamard", "orthogonal", "learned", "cube", "sylvester", "orthoplex"] as const) {
    const { code: made } = new FixedClassifier({ ...SHAPE, code, backend: js });
    expect(made.table).toBe(made.table);
  }
});
