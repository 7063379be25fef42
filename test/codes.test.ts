import { describe, expect, test } from "@jest/globals";
import { FixedClassifier, type FixedClassifierOptions } from "../lib/index.js";
import { reference as js, onEachBackend } from "./backends.js";
import { largestError } from "./bits.js";
import { rowsOf } from "./heads.js";
import { floats } from "./random.js";
import { type Code, classVectors, entry } from "./reference.js";

const create = (options: FixedClassifierOptions): FixedClassifier =>
  new FixedClassifier({ backend: js, ...options });

/** Largest cosine and |cosine| over all pairs of classes. */
function bruteForce(code: Code, features: number, classes: number): { absolute: number; signed: number } {
  const vectors = classVectors(code, features, classes);
  let absolute = 0;
  let signed = -1;
  for (let a = 0; a < classes; a++) {
    for (let b = 0; b < a; b++) {
      let product = 0;
      for (let i = 0; i < features; i++) {
        product += ((vectors[a] as Int8Array)[i] as number) * ((vectors[b] as Int8Array)[i] as number);
      }
      absolute = Math.max(absolute, Math.abs(product / features));
      signed = Math.max(signed, product / features);
    }
  }
  return { absolute, signed };
}

describe("coherence", () => {
  test("is that of all pairs of classes", () => {
    for (let features = 1; features <= 20; features++) {
      const order = 2 ** Math.ceil(Math.log2(features));
      for (let classes = 1; classes <= 2 * order; classes++) {
        for (const code of ["hadamard", "sylvester"] as const) {
          const { coherence } = create({ features, classes, code, allowDuplicates: true }).code;
          expect({ features, classes, code, ...coherence }).toEqual({
            features,
            classes,
            code,
            ...bruteForce(code, features, classes),
          });
        }
      }
    }
  });

  test.each([
    ["sylvester", 1664, 1000, 384 / 1664],
    ["sylvester", 1280, 1000, 0.2],
    ["sylvester", 2048, 1000, 0],
    ["hadamard", 2048, 1000, 0],
    ["hadamard", 2048, 2047, 0],
    ["hadamard", 512, 511, 0],
  ] as const)("%s, %d features to %d classes: %d", (code, features, classes, known) => {
    expect(create({ features, classes, code }).code.coherence.absolute).toBeCloseTo(known, 12);
  });

  test("a class and its negative are opposite, and no pair is more alike than orthogonal", () => {
    const { coherence } = create({ features: 512, classes: 1000 }).code;
    expect(coherence).toEqual({ absolute: 1, signed: 0 });
  });

  test("classes that share a vector have cosine 1", () => {
    const { coherence } = create({ features: 8, classes: 9, code: "sylvester", allowDuplicates: true }).code;
    expect(coherence).toEqual({ absolute: 1, signed: 1 });
  });
});

describe("limits", () => {
  test("hadamard has 2M classes, and says what to do beyond", () => {
    expect(() => create({ features: 512, classes: 1024 })).not.toThrow();
    expect(() => create({ features: 300, classes: 1025 })).toThrow(RangeError);
    expect(() => create({ features: 300, classes: 1025 })).toThrow(
      /vectors for 1024 classes at 300 features, got 1025 classes; use at least 1024 features/,
    );
    expect(() => create({ features: 1024, classes: 1025 })).not.toThrow();
  });

  test("sylvester refuses classes that would share a vector, and names the ways out", () => {
    const options = { features: 512, classes: 1000, code: "sylvester" } as const;
    expect(() => create(options)).toThrow(RangeError);
    expect(() => create(options)).toThrow(
      /512 different vectors at 512 features: of 1000 classes, 488 would/,
    );
    expect(() => create(options)).toThrow(
      /code "hadamard", at least 1024 features, or allowDuplicates: true/,
    );
    expect(() => create({ ...options, classes: 512 })).not.toThrow();
    expect(() => create({ ...options, features: 1024 })).not.toThrow();
    expect(() => create({ ...options, features: 513 })).not.toThrow();
    expect(() => create({ ...options, allowDuplicates: true })).not.toThrow();
  });

  test("the widest head", () => {
    const head = create({ features: 2 ** 16, classes: 2 ** 17 });
    expect(head.code.order).toBe(2 ** 16);
    expect(head.code.blocks).toBe(1);
  });
});

describe("where a head starts", () => {
  test("hadamard: a scale of ln(99·(C − 1)), no bias", () => {
    for (const classes of [1, 2, 3, 10, 1000]) {
      const head = create({ features: 1024, classes });
      expect(head.scale).toBe(Math.fround(Math.log(99 * Math.max(1, classes - 1))));
      expect(head.bias).toEqual(new Float32Array(classes));
    }
  });

  test("sylvester: scale 1/√C, bias uniform in ±1/√C from the seed", () => {
    const options = { features: 1024, classes: 1000, code: "sylvester" } as const;
    const head = create(options);
    const bound = 1 / Math.sqrt(1000);
    expect(head.scale).toBe(Math.fround(bound));
    const bias = head.bias as Float32Array;
    expect(bias.every((v) => Math.abs(v) <= bound)).toBe(true);
    expect(Math.abs(bias.reduce((a, b) => a + b) / 1000)).toBeLessThan(bound / 10);
    expect(bias.reduce((a, b) => a + b * b, 0) / 1000 / bound ** 2).toBeCloseTo(1 / 3, 1);
    expect(create(options).bias).toEqual(bias);
    expect(create({ ...options, seed: 1 }).bias).not.toEqual(bias);
  });

  test("what the caller gives comes first", () => {
    const head = create({ features: 4, classes: 3, scale: -0.1, bias: false });
    expect(head.scale).toBe(Math.fround(-0.1));
    expect(head.bias).toBeNull();
    expect(create({ features: 4, classes: 3, scale: 0 }).scale).toBe(0);
  });
});

onEachBackend((backend) => {
  /** The class vectors that the head uses: logits of the unit vectors, column by column. */
  function vectorsOf(options: FixedClassifierOptions): number[][] {
    const { features, classes } = options;
    const head = create({ ...options, bias: false, scale: 1, backend });
    const identity = new Float32Array(features * features);
    for (let i = 0; i < features; i++) identity[i * features + i] = 1;
    const columns = rowsOf(head.forward(identity), classes);
    return Array.from({ length: classes }, (_, c) => columns.map((column) => column[c] as number));
  }

  test("the vectors in use are those of the code", () => {
    for (const code of ["hadamard", "sylvester"] as const) {
      for (const [features, classes] of [
        [1, 2],
        [2, 4],
        [3, 8],
        [8, 16],
        [20, 64],
        [64, 128],
        [100, 130],
      ] as const) {
        const unit = code === "sylvester" ? -1 : 1 / Math.sqrt(features);
        const expected = classVectors(code, features, classes);
        vectorsOf({ features, classes, code, allowDuplicates: true }).forEach((vector, c) => {
          const definition = Array.from(expected[c] as Int8Array, (v) => v * unit);
          expect(largestError(vector, definition)).toBeLessThan(2e-7);
        });
      }
    }
  });

  test("the first classes of hadamard never change when classes are added", () => {
    for (const features of [3, 8, 16]) {
      const order = 2 ** Math.ceil(Math.log2(features));
      const all = vectorsOf({ features, classes: 2 * order });
      for (let classes = 1; classes < 2 * order; classes++) {
        expect(vectorsOf({ features, classes })).toEqual(all.slice(0, classes));
      }
    }
  });

  test("sylvester is the authors' module: −scale · H[:C, :N] · x / (‖x‖ + 1e-8) + bias", () => {
    for (const [features, classes] of [
      [16, 10],
      [10, 16],
      [512, 100],
      [640, 1000],
    ] as const) {
      for (const scale of [0.3, -2]) {
        const head = create({ features, classes, code: "sylvester", scale, backend });
        const x = floats(features, features);
        const norm = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0)) + 1e-8;
        const expected = Float64Array.from({ length: classes }, (_, c) => {
          const product = x.reduce((sum, v, i) => sum + entry(c, i) * (v / norm), 0);
          return -Math.fround(scale) * product + ((head.bias as Float32Array)[c] as number);
        });
        expect(largestError(head.forward(x), expected)).toBeLessThan(1e-5);
      }
    }
  });

  test("ε = 1e-8 counts for rows of that length", () => {
    for (const code of ["hadamard", "sylvester"] as const) {
      const head = create({ features: 4, classes: 3, code, bias: false, scale: 1, backend });
      const x = Float32Array.of(1e-8, 0, 0, 0);
      const unit = code === "sylvester" ? -1 : 0.5;
      expect(Math.abs(head.forward(x)[0] as number)).toBeCloseTo(Math.abs(unit) / 2, 6);
    }
  });
});
