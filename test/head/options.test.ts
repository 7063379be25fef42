/** Options of every method: those that it does not have are refused by name, null means none. */

import { expect, test } from "@jest/globals";
import { FixedClassifier } from "../../lib/index.js";
import { createOnJs } from "../support/heads.js";

const [FEATURES, CLASSES] = [12, 5];
const x = new Float32Array(2 * FEATURES).fill(1);
const labels = [0, 1];
const z = new Float32Array(2 * CLASSES).fill(0.5);
const head = createOnJs({ features: FEATURES, classes: CLASSES }) as unknown as Record<
  string,
  (...values: unknown[]) => unknown
>;
const call = (method: string, ...given: unknown[]): unknown => head[method]?.(...given);

const FEATURE_OPTIONS = ["type", "featureScale"];
const ROW_OPTIONS = ["ignoreIndex", "sampleWeights"];
const OUT = ["out", ...FEATURE_OPTIONS];
const ENERGY = ["normalised", "temperature", ...OUT];
const CROSS_ENTROPY = ["labelSmoothing", "classWeights", "margin", "angularMargin"];

type Call = (options?: unknown) => unknown;
const METHODS: [string, string[], Call][] = [
  ["forward", OUT, (options) => call("forward", x, options)],
  ["plan", ["out"], (options) => (call("plan", x, options) as () => unknown)()],
  ["topK", FEATURE_OPTIONS, (options) => call("topK", x, 2, options)],
  ["probabilities", ["classes", ...OUT], (options) => call("probabilities", x, options)],
  ["backward", OUT, (options) => call("backward", x, z, options)],
  [
    'lossAndGradient with loss "cross-entropy"',
    ["loss", "reduction", ...CROSS_ENTROPY, ...ROW_OPTIONS, ...OUT],
    (options) => call("lossAndGradient", x, labels, options),
  ],
  ["logSumExp", ["normalised", ...OUT], (options) => call("logSumExp", x, options)],
  ["logSumExpAndGradient", ["normalised", ...OUT], (options) => call("logSumExpAndGradient", x, options)],
  ["energy", ENERGY, (options) => call("energy", x, options)],
  ["energyAndGradient", ENERGY, (options) => call("energyAndGradient", x, options)],
  ["calibrate", [...ROW_OPTIONS, ...FEATURE_OPTIONS], (options) => call("calibrate", x, labels, options)],
  ["forwardAsync", ["signal", ...OUT], (options) => call("forwardAsync", x, options)],
  [
    "fromSafetensors",
    ["backend"],
    (options) =>
      FixedClassifier.fromSafetensors(call("toSafetensors") as Uint8Array, options as null).settings,
  ],
  [
    "fromJSON",
    ["backend"],
    (options) => FixedClassifier.fromJSON(call("toJSON") as never, options as null).settings,
  ],
];

/** What a call throws, at once or as a promise. */
const errorOf = async (run: () => unknown): Promise<unknown> => {
  try {
    return await run();
  } catch (error) {
    return error;
  }
};

test.each(METHODS)("%s refuses by name what it does not have", async (name, known, run) => {
  const unknown = (await errorOf(() => run({ activation: "softmax" }))) as Error;
  expect(unknown).toBeInstanceOf(TypeError);
  expect(unknown.message.startsWith(`${name} has no option "activation", it has `)).toBe(true);
  const listed = unknown.message.split(" it has ")[1]?.split(", ").sort();
  expect(listed).toEqual(expect.arrayContaining(known));
  for (const option of known) {
    const misspelt = (await errorOf(() => run({ [`${option}s`]: 1 }))) as Error;
    expect(misspelt).toBeInstanceOf(TypeError);
    expect(misspelt.message).toContain(
      `${name} has no option "${option}s", did you mean "${option}"? It has`,
    );
  }
  for (const none of [3, "out", true, [x], x]) {
    const wrong = (await errorOf(() => run(none))) as Error;
    expect(wrong).toBeInstanceOf(TypeError);
    expect(wrong.message).toContain(`options of ${name} must be an object, got `);
  }
});

test.each(METHODS)("%s takes null for none", async (_, known, run) => {
  const expected = await run();
  expect(await run(null)).toEqual(expected);
  expect(await run({})).toEqual(expected);
  expect(await run(Object.fromEntries(known.map((option) => [option, null])))).toEqual(expected);
  expect(await run({ activation: undefined })).toEqual(expected);
});

test("so does a new head", () => {
  const options = ["code", "bias", "scale", "learnScale", "seed", "allowDuplicates", "backend"];
  const nulls = Object.fromEntries(options.map((option) => [option, null]));
  const made = new FixedClassifier({ features: FEATURES, classes: CLASSES, ...nulls });
  expect(made.settings).toEqual(new FixedClassifier({ features: FEATURES, classes: CLASSES }).settings);
});
