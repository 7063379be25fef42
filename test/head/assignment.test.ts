/** The code "hadamard" with an assignment: which vector each class has. */

import { describe, expect, test } from "@jest/globals";
import { FixedClassifier, type FixedClassifierOptions } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createOnJs } from "../support/heads.js";
import { floats, labels } from "../support/random.js";
import { hadamardTableOf, tableVectors } from "../support/tables.js";

const assigned = (
  features: number,
  classes: number,
  assignment: readonly number[] | Int32Array,
): FixedClassifierOptions => ({ features, classes, code: { name: "hadamard", assignment } });

const vectorsOf = (options: FixedClassifierOptions): string[] =>
  tableVectors(createOnJs(options).code.table).map((vector) => Array.from(vector).join());

describe("the vectors", () => {
  test.each([
    ["reversed", 8, [7, 6, 5, 4, 3, 2, 1, 0]],
    ["with gaps", 8, [0, 3, 4, 9, 15, 12]],
    ["across signs and blocks", 8, [100, 2, 14, 15, 16, 40, 13]],
    ["of a Paley order", 20, [39, 0, 7, 21]],
    ["of random masks", 20, [130, 0, 90, 91]],
  ] as const)("%s", (_, features, assignment) => {
    const all = vectorsOf({ features, classes: Math.max(...assignment) + 1 });
    expect(vectorsOf(assigned(features, assignment.length, assignment))).toEqual(
      assignment.map((v) => all[v]),
    );
  });

  test("classes behind the end of the list have the lowest vectors that are left", () => {
    const all = vectorsOf({ features: 8, classes: 20 });
    const expected = [5, 1, 0, 2, 3, 4, 6, 7];
    expect(vectorsOf(assigned(8, 8, [5, 1]))).toEqual(expected.map((v) => all[v]));
  });

  test("a permutation of all rows needs no segment for each class", () => {
    const classes = 1000;
    const assignment = Int32Array.from({ length: classes }, (_, c) => (c * 617) % classes);
    const { segments, places } = hadamardTableOf(createOnJs(assigned(1024, classes, assignment)));
    expect(segments).toHaveLength(5);
    expect(places).toEqual(assignment);
  });

  test("the identity is the code as it is", () => {
    const { table } = createOnJs(assigned(16, 5, [0, 1, 2, 3, 4])).code;
    expect(table).toEqual(createOnJs({ features: 16, classes: 5 }).code.table);
  });

  test("coherence is that of the vectors in use", () => {
    const one = createOnJs(assigned(8, 4, [0, 100, 1, 7])).code.coherence;
    expect(one.absolute).toBeGreaterThan(0);
    expect(createOnJs(assigned(8, 4, [3, 1, 0, 2])).code.coherence).toEqual({ absolute: 0, signed: 0 });
  });
});

onEachBackend((backend) => {
  const assignment = [40, 2, 7, 0, 61, 33, 34, 35];
  const head = new FixedClassifier({ ...assigned(48, 8, assignment), backend });
  const whole = new FixedClassifier({ features: 48, classes: 62, scale: head.scale, backend });
  const x = floats(3 * 48, 9);
  const logits = head.forward(x);

  test("a class has the logit of the vector that it was given", () => {
    const all = whole.forward(x);
    expectSameBits(
      logits,
      logits.map((_, i) => all[62 * Math.floor(i / 8) + (assignment[i % 8] as number)] as number),
    );
  });

  test("all ways to the logits agree", async () => {
    expectSameBits(head.plan(x)(), logits);
    expectSameBits(await head.forwardAsync(x), logits);
    const { classes, scores } = head.topK(x, 8);
    expectSameBits(
      scores,
      Float32Array.from(classes, (c, i) => logits[8 * Math.floor(i / 8) + c] as number),
    );
    expectSameBits(head.probabilities(x, { classes: [0, 1, 2, 3, 4, 5, 6, 7] }), head.probabilities(x));
  });

  test("a step down the gradient lowers the loss", () => {
    const learner = new FixedClassifier({ ...assigned(48, 8, assignment), backend });
    const y = labels(3, 8, 1);
    const first = learner.lossAndGradient(x, y);
    learner.bias?.forEach((b, c) => {
      (learner.bias as Float32Array)[c] = b - 0.5 * (first.gradient.bias?.[c] as number);
    });
    expect(learner.lossAndGradient(x, y).loss).toBeLessThan(first.loss);
  });

  test("more classes keep the logits there were, and a file keeps all of it", () => {
    head.bias?.set(floats(8, 3));
    const more = head.withClasses(20);
    const before = head.forward(x);
    const after = more.forward(x);
    expectSameBits(
      before,
      before.map((_, i) => after[20 * Math.floor(i / 8) + (i % 8)] as number),
    );
    const again = FixedClassifier.fromSafetensors(more.toSafetensors(), { backend });
    expect(again.settings).toEqual(more.settings);
    expectSameBits(again.forward(x), after);
  });
});

test("settings are options of a new head, and hold a copy of the list", () => {
  const list = Int32Array.of(3, 1, 2);
  const head = createOnJs(assigned(8, 3, list));
  list.fill(0);
  expect(head.settings.code).toEqual({ name: "hadamard", seed: 0, assignment: Int32Array.of(3, 1, 2) });
  expect(createOnJs(head.settings).settings).toEqual(head.settings);
});

test.each([
  [[0, 1, 0], RangeError, /assignment gives the vector 0 to the classes 0 and 2/],
  [[0, 1, 128], RangeError, /assignment\[2\] is 128: it must be from 0 to 127/],
  [[0, -1], RangeError, /assignment\[1\] is -1/],
  [[0, 0.5], TypeError, /assignment\[1\] must be an integer, got 0\.5/],
  [[0, 1, 2, 3, 4], RangeError, /assignment has 5 elements for 4 classes: give at most one each/],
  [new Float32Array(2), TypeError, /assignment must be an array of integers or an integer typed array/],
  ["0,1", TypeError, /assignment must be an array of integers or an integer typed array, got "0,1"/],
] as const)("refuses %j", (assignment, type, message) => {
  const create = () => createOnJs(assigned(8, 4, assignment as never));
  expect(create).toThrow(type);
  expect(create).toThrow(message);
});

test.each([36, 64, 2048])(
  "a vector behind those of the most classes is refused at %i features",
  (features) => {
    for (const vector of [2 ** 24, 2 ** 29, 2 ** 31, 2 ** 32 + 1]) {
      expect(() => createOnJs(assigned(features, 4, [0, vector]))).toThrow(
        new RangeError(`assignment[1] is ${vector}: it must be from 0 to 16777215`),
      );
    }
  },
);
