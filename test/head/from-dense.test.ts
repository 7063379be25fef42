/** Heads of trained dense layers. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type CalibrationRows,
  type DenseLayer,
  FixedClassifier,
  type FromDenseOptions,
  rotation,
} from "../../lib/index.js";
import { reference as js, onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { rowsOf } from "../support/heads.js";
import { floats } from "../support/random.js";

const { abs, fround, max, min, sqrt } = Math;

/** Rows with few directions that matter, as a network's last features have. */
function features(rows: number, n: number, seed: number): Float32Array {
  const directions = floats(8 * n, 99);
  const parts = floats(8 * rows, seed);
  return floats(rows * n, seed + 1).map((noise, k) => {
    const [r, i] = [Math.floor(k / n), k % n];
    let sum = 0.2 * noise + 0.5;
    for (let d = 0; d < 8; d++) sum += (parts[r * 8 + d] as number) * (directions[d * n + i] as number);
    return sum;
  });
}

const layerOf = (n: number, classes: number, seed = 1): DenseLayer => ({
  features: n,
  classes,
  weights: floats(classes * n, seed),
  bias: floats(classes, seed + 1),
});

const logitsOf = ({ features: n, classes, weights, bias }: DenseLayer, x: Float32Array): number[][] =>
  rowsOf(x, n).map((row) =>
    Array.from({ length: classes }, (_, c) =>
      row.reduce((sum, v, i) => sum + v * (weights[c * n + i] as number), bias?.[c] ?? 0),
    ),
  );

const fromDense = (layer: DenseLayer, options: Partial<FromDenseOptions> = {}): Promise<FixedClassifier> =>
  FixedClassifier.fromDense(layer, {
    code: { name: "product", width: 4, stages: 2 },
    backend: js,
    ...options,
  });

/** The mean square of what logits have lost, but for their mean over the rows. */
function lossOf(head: FixedClassifier, layer: DenseLayer, x: Float32Array): number {
  const expected = logitsOf(layer, x).flat();
  const { classes } = layer;
  const rows = expected.length / classes;
  const lost = Array.from(head.forward(x), (z, k) => z - (expected[k] as number));
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const of = lost.filter((_, k) => k % classes === c);
    const mean = of.reduce((a, b) => a + b, 0) / rows;
    sum += of.reduce((a, b) => a + (b - mean) ** 2, 0);
  }
  return sum / expected.length;
}

describe("a head from a dense layer", () => {
  const [n, classes] = [44, 30];
  const layer = layerOf(n, classes);
  const calibration = features(300, n, 5);
  const unseen = features(100, n, 7);

  test("has what the options say", async () => {
    const head = await fromDense(layer, {
      calibration,
      code: { name: "product", width: 8, stages: 3, seed: 5 },
    });
    expect(head.settings).toMatchObject({
      features: n,
      classes,
      learnScale: true,
      code: { name: "product", width: 8, stages: 3, rotation: 0, seed: 5, normalised: false },
    });
    expect(head.scale).toBe(1);
    expect(head.code.assignment?.length).toBe(classes * 3 * 6);
    expect(head.backend).toBe(js);
  });

  test("by default has one stage of width 4 and a rotation", async () => {
    const { settings } = await fromDense(layer, { code: "product" });
    expect(settings.code).toMatchObject({ width: 4, stages: 1, rotation: 0, seed: 0 });
    const plain = await fromDense(layer, { code: { name: "product", rotation: false } });
    expect(plain.settings.code).toMatchObject({ rotation: false });
  });

  test("is as near as its bits allow, and nearer with calibration rows", async () => {
    const logits = logitsOf(layer, unseen);
    const spread = logits.flat().reduce((sum, z) => sum + z * z, 0) / logits.flat().length;
    let before = spread;
    for (const stages of [1, 2, 3, 4]) {
      const code = { name: "product", width: 4, stages } as const;
      const plain = lossOf(await fromDense(layer, { code }), layer, unseen);
      const fed = lossOf(await fromDense(layer, { code, calibration }), layer, unseen);
      expect(fed).toBeLessThan(0.5 * plain);
      expect(fed).toBeLessThan(0.7 * before);
      before = fed;
    }
    expect(before).toBeLessThan(0.01 * spread);
  });

  test("has the dense layer's mean logits over the calibration rows", async () => {
    for (const bias of [layer.bias as Float32Array, null]) {
      const given = { ...layer, bias };
      const head = await fromDense(given, { calibration, code: { name: "product", width: 8 } });
      const mean = (z: number[]): number[] =>
        Array.from(
          { length: classes },
          (_, c) => z.filter((_, k) => k % classes === c).reduce((a, b) => a + b, 0) / 300,
        );
      const expected = mean(logitsOf(given, calibration).flat());
      mean(Array.from(head.forward(calibration))).forEach((z, c) => {
        expect(abs(z - (expected[c] as number))).toBeLessThan(1e-4);
      });
    }
  });

  test("keeps the bias where there are no calibration rows", async () => {
    expect((await fromDense(layer)).bias).toEqual(layer.bias);
    expect((await fromDense({ ...layer, bias: null })).bias).toBeNull();
  });

  test("masks the classes that the layer masks", async () => {
    const bias = layer.bias?.slice() as Float32Array;
    bias[3] = -Infinity;
    const head = await fromDense({ ...layer, bias }, { calibration });
    expect(head.bias?.[3]).toBe(-Infinity);
    expect(head.bias?.filter((value) => Number.isFinite(value)).length).toBe(classes - 1);
  });

  test("gives the same logits from a file and from JSON", async () => {
    const head = await fromDense(layer, { calibration });
    const expected = head.forward(unseen);
    const file = FixedClassifier.fromSafetensors(head.toSafetensors(), { backend: js });
    expectSameBits(file.forward(unseen), expected, "file");
    const json = JSON.parse(JSON.stringify(head)) as ReturnType<typeof head.toJSON>;
    expectSameBits(FixedClassifier.fromJSON(json, { backend: js }).forward(unseen), expected, "JSON");
  });

  test("does not look at the layer once the call has returned, nor change it", async () => {
    const expected = await fromDense(layer, { calibration });
    const given = { ...layer, weights: layer.weights.slice(), bias: layer.bias?.slice() as Float32Array };
    const promise = fromDense(given, { calibration });
    expect(given.weights).toEqual(layer.weights);
    given.weights.fill(7);
    given.bias.fill(7);
    const head = await promise;
    expect(head.code.assignment).toEqual(expected.code.assignment);
    expect(head.bias).toEqual(expected.bias);
  });

  test("is exact for weights that the code has", async () => {
    const shape = fc.record({
      width: fc.constantFrom(2, 4, 8, 16, 32),
      whole: fc.integer({ min: 1, max: 4 }),
      classes: fc.integer({ min: 1, max: 9 }),
      seed: fc.nat(1000),
      calibrated: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ width, whole, classes: count, seed, calibrated }) => {
        const size = whole * width;
        const magnitudes = Float32Array.from({ length: count }, (_, c) => 1 + c);
        const code = { name: "product", width, seed, normalised: false, magnitudes } as const;
        if (count > (2 * width) ** (whole - 1) * 2 * width) return;
        const head = new FixedClassifier({ features: size, classes: count, code, backend: js });
        const identity = new Float32Array(size * size);
        for (let i = 0; i < size; i++) identity[i * size + i] = 1;
        const columns = head.forward(identity);
        const weights = Float32Array.from(
          { length: count * size },
          (_, k) => columns[(k % size) * count + Math.floor(k / size)] as number,
        );
        const got = await fromDense(
          { features: size, classes: count, weights, bias: null },
          {
            code: { name: "product", width, rotation: false },
            ...(calibrated ? { calibration: features(20, size, seed) } : {}),
          },
        );
        expect(got.code.assignment).toEqual(head.code.assignment);
        const x = floats(size, seed);
        const expected = head.forward(x);
        got.forward(x).forEach((z, c) => {
          expect(abs(z - (expected[c] as number))).toBeLessThan(1e-4 * (1 + c) * sqrt(size));
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe("a head that is refined", () => {
  const [n, classes] = [40, 25];
  const layer = layerOf(n, classes);
  const calibration = features(500, n, 5);
  const code = { name: "product", width: 4 } as const;
  /** What the layer's softmax loses on the rows: the mean divergence of the head's from it. */
  const divergence = (head: FixedClassifier, given: DenseLayer, x: Float32Array): number => {
    const softmaxOf = (z: ArrayLike<number>): number[] => {
      const most = max(...Array.from(z));
      const e = Array.from(z, (value) => Math.exp(value - most));
      const sum = e.reduce((a, b) => a + b, 0);
      return e.map((value) => value / sum);
    };
    const got = rowsOf(head.forward(x), classes).map(softmaxOf);
    const expected = logitsOf(given, x).map(softmaxOf);
    let sum = 0;
    expected.forEach((p, r) => {
      p.forEach((value, c) => {
        if (value > 0) sum += value * Math.log(value / (got[r]?.[c] as number));
      });
    });
    return sum / expected.length;
  };

  test("loses less of the layer's softmax", async () => {
    const small = { ...layer, weights: layer.weights.map((w) => w / 4) };
    const before = await fromDense(small, { calibration, code });
    const after = await fromDense(small, { calibration, code, refine: true });
    const unseen = features(200, n, 9);
    expect(divergence(after, small, unseen)).toBeLessThan(0.95 * divergence(before, small, unseen));
  });

  test("has the same bits from one array and from pieces", async () => {
    const one = await fromDense(layer, { calibration, code, refine: true });
    const pieces = [0, 3, 70, 71, 500].map((end, i, all) =>
      calibration.subarray((all[i - 1] ?? 0) * n, end * n),
    );
    const cut = await fromDense(layer, { calibration: pieces, code, refine: true });
    expect(cut.toSafetensors()).toEqual(one.toSafetensors());
  });

  test("is by the rows of which the layer is least sure, wherever they stand", async () => {
    // Of 300 rows alike, which are as good as none, and 60 others.
    const others = features(60, n, 6);
    const alike = Float32Array.from({ length: 300 * n }, (_, k) => others[k % n] as number);
    const [first, last] = await Promise.all(
      [
        [others, alike],
        [alike, others],
      ].map((pieces) => fromDense(layer, { calibration: pieces, code, refine: true, damping: 0.3 })),
    );
    expect(first?.code.assignment).toEqual(last?.code.assignment);
  });

  test("is no trouble where classes are masked, rows alike or few", async () => {
    const bias = new Float32Array(classes).fill(-Infinity).fill(0, 5, 9);
    for (const rows of [calibration, calibration.subarray(0, 2 * n), new Float32Array(4 * n).fill(1)]) {
      for (const given of [layer, { ...layer, bias }, { ...layer, bias: bias.slice().fill(-Infinity) }]) {
        const head = await fromDense(given, { calibration: rows, code, refine: true });
        expect(head.bias?.some(Number.isNaN)).toBe(false);
      }
    }
  });
});

describe("originals", () => {
  const [n, classes] = [24, 40];
  const layer = layerOf(n, classes);
  const x = features(60, n, 3);

  test("are the layer in float16, by which the best classes are scored again", async () => {
    const head = await fromDense(layer, {
      calibration: x,
      originals: true,
      code: { name: "product", width: 8 },
    });
    const expected = logitsOf(layer, x);
    const { classes: found, scores } = head.topK(x, 1, { rerank: 30 });
    /** By how much the logits of some classes are below the best of their rows. */
    const missing = (of: Int32Array): number =>
      max(...expected.map((z, r) => max(...z) - (z[of[r] as number] as number)));
    expect(missing(found)).toBeLessThan(0.02);
    expect(missing(head.topK(x, 1).classes)).toBeGreaterThan(0.5);
    scores.forEach((score, r) => {
      expect(abs(score - max(...(expected[r] as number[])))).toBeLessThan(0.02);
    });
    const file = FixedClassifier.fromSafetensors(head.toSafetensors(), { backend: js });
    expect(file.topK(x, 1, { rerank: 30 })).toEqual({ classes: found, scores });
  });

  test("leave masked classes masked", async () => {
    const bias = new Float32Array(classes).fill(-Infinity).fill(0, 5, 9);
    const head = await fromDense({ ...layer, bias }, { originals: true, calibration: x });
    for (const c of head.topK(x, 1, { rerank: classes }).classes) expect([5, 6, 7, 8]).toContain(c);
  });

  test("are not there by default", async () => {
    const head = await fromDense(layer);
    expect(head.settings.code).toMatchObject({ originals: null });
    expect(() => head.topK(x, 1, { rerank: 2 })).toThrow(/originals/);
  });
});

describe("calibration rows", () => {
  const [n, classes] = [20, 6];
  const layer = layerOf(n, classes);
  const calibration = features(150, n, 3);
  const code = { name: "product", width: 4, stages: 2 } as const;

  test("give the same bits in one array and in pieces, at once and over time", async () => {
    const expected = await fromDense(layer, { calibration, code });
    const pieces = fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.boolean(), async (sizes, overTime) => {
        const cut: Float32Array[] = [];
        let start = 0;
        for (const rows of [...sizes, 150]) {
          cut.push(calibration.subarray(start * n, min(150, start + rows) * n));
          start = min(150, start + rows);
        }
        // A buffer that is used again for the next piece.
        async function* stream(): AsyncGenerator<Float32Array> {
          const buffer = new Float32Array(150 * n);
          for (const piece of cut) {
            buffer.set(piece);
            yield buffer.subarray(0, piece.length);
          }
        }
        const got = await fromDense(layer, { calibration: overTime ? stream() : cut, code });
        expect(got.code.assignment).toEqual(expected.code.assignment);
        expectSameBits(got.bias as Float32Array, expected.bias as Float32Array, "bias");
        expect(got.toSafetensors()).toEqual(expected.toSafetensors());
      }),
      { numRuns: 30 },
    );
  });

  test("count by what they are, not by how many: the damping changes the head", async () => {
    const less = await fromDense(layer, { calibration, code, damping: 0.01 });
    const more = await fromDense(layer, { calibration, code, damping: 1e6 });
    expect(less.code.assignment).not.toEqual(more.code.assignment);
    const plain = await fromDense(layer, { code });
    expect(more.code.assignment).toEqual(plain.code.assignment);
  });

  test("that are all alike, or two, or far from 0, are no trouble", async () => {
    const plain = await fromDense(layer, { code });
    const alike = await fromDense(layer, { calibration: new Float32Array(5 * n).fill(3), code });
    expect(alike.code.assignment).toEqual(plain.code.assignment);
    for (const rows of [calibration.subarray(0, 2 * n), calibration.map((v) => fround(v + 1e6))]) {
      const head = await fromDense(layer, { calibration: rows, code });
      expect(head.bias?.every(Number.isFinite)).toBe(true);
      expect(lossOf(head, layer, calibration)).toBeLessThan(max(2 * lossOf(plain, layer, calibration), 1));
    }
  });

  test("are read while other events run", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const big = layerOf(512, 40);
    await fromDense(big, { calibration: features(600, 512, 1) });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  test("of few features do not keep other events waiting until they end", async () => {
    let waited = false;
    setTimeout(() => {
      waited = true;
    }, 20);
    function* rows(): Generator<Float32Array> {
      for (let piece = 0; piece < 100_000 && !waited; piece++) yield calibration.subarray(0, 64 * n);
    }
    await fromDense(layer, { calibration: rows(), code });
    expect(waited).toBe(true);
  });

  test("that are transferred or no longer finite in a pause are told", async () => {
    const big = layerOf(512, 4);
    const during = async (change: (rows: Float32Array) => void): Promise<FixedClassifier> => {
      const rows = features(1000, 512, 1);
      const head = fromDense(big, { calibration: rows });
      setImmediate(() => change(rows));
      return head;
    };
    await expect(during((rows) => structuredClone(rows.buffer, { transfer: [rows.buffer] }))).rejects.toThrow(
      /piece 0 of calibration was transferred or resized/,
    );
    await expect(during((rows) => rows.fill(NaN))).rejects.toThrow(/calibration row \d+ must be finite/);
  });
});

onEachBackend((backend) => {
  test.each([
    [64, 12, { width: 8, stages: 2 }],
    [45, 7, { width: 4, stages: 3 }],
    [33, 5, { width: 32, stages: 1 }],
    [30, 9, { width: 2, stages: 1, rotation: false }],
  ] as const)("the same head of %i features and %i classes", async (n, classes, own) => {
    const layer = layerOf(n, classes);
    const options = {
      code: { name: "product", ...own } as const,
      calibration: features(70, n, 2),
      refine: n % 2 === 1,
    };
    const expected = await fromDense(layer, options);
    const got = await fromDense(layer, { ...options, backend });
    expect(got.backend).toBe(backend);
    expect(got.toSafetensors()).toEqual(expected.toSafetensors());
  });
});

describe("bad input", () => {
  const good = layerOf(8, 3);
  const code = { name: "product", width: 4 } as const;
  const nan = (length: number, at: number, value = NaN): Float32Array => {
    const array = new Float32Array(length);
    array[at] = value;
    return array;
  };
  // biome-ignore lint/suspicious/noExplicitAny: what types forbid is tried
  const cases: [string, any, any, unknown, RegExp][] = [
    [
      "no layer",
      null,
      { code },
      TypeError,
      /layer must be an object with features, classes and weights, got null/,
    ],
    ["no options", good, undefined, TypeError, /options must be an object with code, got undefined/],
    [
      "an unknown field",
      { ...good, weight: 1 },
      { code },
      TypeError,
      /layer has no option "weight", did you mean "weights"/,
    ],
    ["an unknown option", good, { code, dampening: 1 }, TypeError, /fromDense has no option "dampening"/],
    ["features", { ...good, features: 0 }, { code }, RangeError, /features must be an integer from 1/],
    ["classes", { ...good, classes: 1.5 }, { code }, RangeError, /classes must be an integer from 1/],
    ["no code", good, {}, TypeError, /code must be one of "product", got undefined/],
    ["another code", good, { code: "hadamard" }, RangeError, /code must be one of "product", got "hadamard"/],
    [
      "an option of the code",
      good,
      { code: { ...code, weights: 1 } },
      TypeError,
      /code of fromDense has no option "weights"/,
    ],
    ["normalised", good, { code: { ...code, normalised: true } }, TypeError, /no option "normalised"/],
    ["the width", good, { code: { ...code, width: 3 } }, RangeError, /width must be 2, 4, 8, 16, 32, got 3/],
    [
      "the width and the features",
      good,
      { code: { ...code, width: 16 } },
      RangeError,
      /at most the 8 features/,
    ],
    [
      "the stages",
      good,
      { code: { ...code, stages: 5 } },
      RangeError,
      /stages must be an integer from 1 to 4/,
    ],
    ["the rotation", good, { code: { ...code, rotation: -1 } }, RangeError, /rotation must be an integer/],
    [
      "no weights",
      { ...good, weights: undefined },
      { code },
      TypeError,
      /weights must be a Float32Array, got undefined/,
    ],
    [
      "weights of another type",
      { ...good, weights: new Float64Array(24) },
      { code },
      TypeError,
      /convert it with Float32Array.from/,
    ],
    [
      "weights of another length",
      { ...good, weights: new Float32Array(23) },
      { code },
      RangeError,
      /weights has 23 elements, 3 classes × 8 features are needed/,
    ],
    [
      "weights that are NaN",
      { ...good, weights: nan(24, 17) },
      { code },
      RangeError,
      /weights of class 2 must be finite and below 2\^100: feature 1 is NaN/,
    ],
    [
      "weights that are too large",
      { ...good, weights: nan(24, 0, -1e35) },
      { code },
      RangeError,
      /weights of class 0 .* feature 0 is -/,
    ],
    [
      "a bias of another type",
      { ...good, bias: [1, 2, 3] },
      { code },
      TypeError,
      /bias must be a Float32Array, got an array of length 3/,
    ],
    [
      "a bias of another length",
      { ...good, bias: new Float32Array(4) },
      { code },
      RangeError,
      /bias has 4 elements for 3 classes/,
    ],
    [
      "a bias that is NaN",
      { ...good, bias: nan(3, 1) },
      { code },
      RangeError,
      /bias must be finite .* class 1 is NaN/,
    ],
    [
      "a bias that is infinite",
      { ...good, bias: nan(3, 1, Infinity) },
      { code },
      RangeError,
      /class 1 is Infinity/,
    ],
    [
      "damping of another type",
      good,
      { code, damping: "1", calibration: floats(80, 1) },
      TypeError,
      /damping must be a number, got "1"/,
    ],
    [
      "damping of 0",
      good,
      { code, damping: 0, calibration: floats(80, 1) },
      RangeError,
      /damping must be above 0 and at most 1000000, got 0/,
    ],
    [
      "damping of a billion",
      good,
      { code, damping: 1e9, calibration: floats(80, 1) },
      RangeError,
      /at most 1000000, got 1000000000/,
    ],
    [
      "a bias beyond float32",
      { ...good, weights: new Float32Array(24).fill(2 ** 99) },
      { code, calibration: new Float32Array(80).fill(2 ** 99) },
      RangeError,
      /the bias of class 0 would be -?\d.*, beyond float32; divide/,
    ],
    [
      "damping that is NaN",
      good,
      { code, damping: NaN, calibration: floats(80, 1) },
      RangeError,
      /damping must be finite/,
    ],
    [
      "damping alone",
      good,
      { code, damping: 1 },
      TypeError,
      /damping is for calibration rows, and there are none/,
    ],
    [
      "damping that is too small",
      good,
      { code, damping: 1e-300, calibration: floats(16, 1) },
      RangeError,
      /with damping 1e-300 the covariance of the calibration rows cannot be factored; use a larger one/,
    ],
    [
      "originals of another type",
      good,
      { code, originals: 1 },
      TypeError,
      /originals must be true or false, got 1/,
    ],
    [
      "originals beyond float16",
      { ...good, weights: nan(24, 9, 1e5) },
      { code, originals: true },
      RangeError,
      /originals.weights of class 1 is not finite in float16: feature 1 is 100000/,
    ],
    ["the backend", good, { code, backend: {} }, TypeError, /backend/],
    [
      "calibration that is a number",
      good,
      { code, calibration: 7 },
      TypeError,
      /calibration must be a Float32Array or give Float32Arrays one after the other, got 7/,
    ],
    [
      "calibration of another type",
      good,
      { code, calibration: new Float64Array(16) },
      TypeError,
      /calibration must be a Float32Array, got a Float64Array/,
    ],
    [
      "calibration of numbers",
      good,
      { code, calibration: [1, 2, 3] },
      TypeError,
      /piece 0 of calibration must be a Float32Array, got 1/,
    ],
    [
      "calibration of another width",
      good,
      { code, calibration: new Float32Array(20) },
      RangeError,
      /piece 0 of calibration has 20 elements, no whole number of rows of 8 features/,
    ],
    [
      "a piece of another type",
      good,
      { code, calibration: [floats(16, 1), new Int8Array(8)] },
      TypeError,
      /piece 1 of calibration must be a Float32Array, got an Int8Array/,
    ],
    [
      "a piece of another width",
      good,
      { code, calibration: [floats(16, 1), floats(9, 1)] },
      RangeError,
      /piece 1 of calibration has 9 elements/,
    ],
    [
      "rows that are not finite",
      good,
      { code, calibration: [floats(16, 1), nan(24, 12, Infinity)] },
      RangeError,
      /calibration row 3 must be finite and below 2\^100: feature 4 is Infinity/,
    ],
    [
      "no rows",
      good,
      { code, calibration: [] },
      RangeError,
      /calibration has 0 rows of 8 features: 2 are needed/,
    ],
    ["one row", good, { code, calibration: new Float32Array(8) }, RangeError, /calibration has 1 rows/],
    [
      "too many features",
      layerOf(2 ** 14 + 1, 1),
      { code, calibration: [] },
      RangeError,
      /calibration is for at most 16384 features, got 16385; leave it out/,
    ],
  ];
  test.each(cases)("%s", async (_, layer, options, type, message) => {
    const promise = FixedClassifier.fromDense(layer, options);
    await expect(promise).rejects.toThrow(message);
    await expect(promise).rejects.toBeInstanceOf(type);
  });

  test("what a stream throws comes through, and a stream that is refused is closed", async () => {
    let closed = false;
    async function* stream(bad: boolean): AsyncGenerator<Float32Array> {
      try {
        yield floats(16, 1);
        if (!bad) throw new Error("the disk is gone");
        yield floats(7, 1);
      } finally {
        closed = true;
      }
    }
    await expect(fromDense(good, { code, calibration: stream(false) })).rejects.toThrow("the disk is gone");
    closed = false;
    await expect(fromDense(good, { code, calibration: stream(true) as CalibrationRows })).rejects.toThrow(
      /piece 1/,
    );
    expect(closed).toBe(true);
  });
});

test("the rotation of the head is that of `rotation`", async () => {
  const [n, classes] = [16, 5];
  const layer = layerOf(n, classes);
  const head = await fromDense(layer, { code: { name: "product", width: 4, stages: 4, rotation: 9 } });
  const turned = rotation({ length: n, seed: 9, backend: js }).apply(layer.weights.slice());
  const plain = await fromDense(
    { ...layer, weights: turned },
    { code: { name: "product", width: 4, stages: 4, rotation: false } },
  );
  expect(head.code.assignment).toEqual(plain.code.assignment);
});
