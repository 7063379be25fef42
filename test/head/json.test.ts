/** A head as JSON and back: the same head, bit for bit. */

import { describe, expect, test } from "@jest/globals";
import { FixedClassifier, type FixedClassifierOptions, type HeadJson } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createOnJs } from "../support/heads.js";
import { floats } from "../support/random.js";

const [FEATURES, CLASSES] = [12, 5];

const OPTIONS: Omit<FixedClassifierOptions, "features" | "classes">[] = [
  {},
  { bias: false, learnScale: false, scale: -2.5 },
  { code: "sylvester", seed: 9 },
  { code: { name: "sylvester", seed: 4, allowDuplicates: true } },
  { code: { name: "hadamard", seed: 2, assignment: Int32Array.of(4, 0, 20, 1) } },
  { code: { name: "orthogonal", seed: 3 } },
  { code: "orthoplex" },
  { code: "product" },
  { code: { name: "product", width: 4, assignment: [7, 1, 2] } },
  { code: { name: "product", width: 4, stages: 3, rotation: 7, normalised: false, magnitudes: [0.5, 2, 0] } },
  { code: "learned" },
];

function sample(options: object = {}): FixedClassifier {
  const head = createOnJs({ features: FEATURES, classes: CLASSES, ...options });
  head.bias?.set(floats(CLASSES, 1));
  head.weights?.set(floats(CLASSES * FEATURES, 2));
  return head;
}

const through = (head: FixedClassifier): HeadJson => JSON.parse(JSON.stringify(head));

describe.each(OPTIONS)("%j", (options) => {
  const head = sample(options);

  test("JSON.stringify takes the head itself, and gives what toJSON does", () => {
    expect(through(head)).toEqual(head.toJSON());
  });

  test("structuredClone takes it, and so does postMessage", async () => {
    expect(structuredClone(head.toJSON())).toEqual(head.toJSON());
    const { port1, port2 } = new MessageChannel();
    const received = new Promise<HeadJson>((resolve) => {
      port2.onmessage = ({ data }) => resolve(data);
    });
    port1.postMessage(head.toJSON());
    expect(FixedClassifier.fromJSON(await received).toSafetensors()).toEqual(head.toSafetensors());
    port1.close();
  });

  onEachBackend((backend) => {
    test("comes back with the same file, settings and logits", () => {
      const same = FixedClassifier.fromJSON(through(head), { backend });
      expect(same.backend).toBe(backend);
      expect(same.settings).toEqual(head.settings);
      expect(same.toSafetensors()).toEqual(head.toSafetensors());
      expect(same.toJSON()).toEqual(head.toJSON());
      const x = floats(2 * FEATURES, 3);
      expectSameBits(same.forward(x), head.forward(x));
    });
  });
});

test("every float32 goes there and back: −0, denormals, the largest, and −Infinity of a masked class", () => {
  const bias = Float32Array.of(-0, 2 ** -149, -3.4028234663852886e38, -Infinity, 0.1);
  const head = sample();
  head.bias?.set(bias);
  expect(head.toJSON().bias?.slice(0, 4)).toEqual(["-0", 2 ** -149, -3.4028234663852886e38, "-Infinity"]);
  const same = FixedClassifier.fromJSON(through(head));
  expectSameBits(same.bias as Float32Array, bias);
  head.scale = -0;
  expect(Object.is(FixedClassifier.fromJSON(through(head)).scale, -0)).toBe(true);
});

test("what is returned belongs to the caller", () => {
  const head = sample();
  const json = head.toJSON() as unknown as { bias: number[] };
  const { bias } = head;
  json.bias[0] = 100;
  expect(head.bias?.[0]).toBe(bias?.[0]);
  expect(head.toJSON().bias?.[0]).not.toBe(100);
});

test("a head that is not finite is refused", () => {
  const head = sample();
  const say = "a head that is written as JSON must be finite:";
  for (const scale of [Number.NaN, Infinity]) {
    head.scale = scale;
    expect(() => head.toJSON()).toThrow(RangeError);
    expect(() => JSON.stringify({ head })).toThrow(`${say} scale[0] is ${scale}, expected a finite number`);
  }
  head.scale = 1;
  for (const value of [Number.NaN, Infinity]) {
    head.bias?.fill(value, 3, 4);
    expect(() => head.toJSON()).toThrow(`${say} bias[3] is ${value}, expected a finite number, or -Infinity`);
  }
  const learned = sample({ code: "learned" });
  learned.weights?.fill(-Infinity, 7, 8);
  expect(() => learned.toJSON()).toThrow(`${say} weights[7] is -Infinity, expected a finite number`);
});

describe("what is no such JSON is refused", () => {
  const good = through(sample());
  const learned = through(sample({ code: "learned" }));
  const read = (json: unknown) => () => FixedClassifier.fromJSON(json as HeadJson);

  test.each([
    [null, "json must be an object that toJSON returned, got null"],
    [undefined, "got undefined"],
    [3, "got 3"],
    [JSON.stringify({}), 'got "{}"; parse it with JSON.parse(…)'],
    [[good], "got an array of length 1"],
    [new Uint8Array(4), "got a Uint8Array of length 4"],
  ])("%#", (json, message) => {
    expect(read(json)).toThrow(TypeError);
    expect(read(json)).toThrow(message);
  });

  test.each([
    [{}, 'its format is undefined, expected "fixed-classifier"'],
    [{ ...good, version: 2 }, "its version is 2, this release reads 1; update fixed-classifier"],
    [{ ...good, scales: 2 }, 'it has the field "scales"'],
    [{ ...good, features: "12" }, 'its features is "12", expected a number'],
    [{ ...good, classes: undefined }, "its classes is undefined, expected a number"],
    [{ ...good, learnScale: 1 }, "its learnScale is 1"],
    [{ ...good, code: "hadamard" }, "its code is undefined, this release has hadamard, product, sylvester,"],
    [{ ...good, code: null }, "its code is undefined"],
    [{ ...good, code: { name: "walsh" } }, 'its code is "walsh", this release has'],
    [{ ...good, code: { name: "__proto__" } }, 'its code is "__proto__"'],
    [{ ...good, codeVersion: 99 }, 'its code "hadamard" has codeVersion 99, this release reads 1; update'],
    [{ ...good, scale: null }, "scale[0] is null, expected a float32 number"],
    [{ ...good, scale: 0.1 }, "scale[0] is 0.1, expected a float32 number"],
    [{ ...good, scale: 1e39 }, "expected a float32 number"],
    [{ ...good, scale: "-Infinity" }, "scale[0] is -Infinity, expected a finite number"],
    [{ ...good, bias: undefined }, "its bias is undefined, expected an array of length 5"],
    [{ ...good, bias: [1, 2] }, "its bias is an array of length 2, expected an array of length 5"],
    [{ ...good, bias: [1, 2, null, 4, 5] }, "bias[2] is null, expected a float32 number"],
    [{ ...good, bias: [1, 2, "NaN", 4, 5] }, 'bias[2] is "NaN", expected a float32 number'],
    [{ ...good, bias: [1, 2, Number.NaN, 4, 5] }, "bias[2] is NaN, expected a finite number, or -Infinity"],
    [{ ...good, bias: Array(5) }, "bias[0] is undefined, expected a float32 number"],
    [{ ...good, weights: [1] }, 'its weights is an array of length 1, and its code is "hadamard"'],
    [{ ...good, weights: undefined }, 'its weights is undefined, and its code is "hadamard"'],
    [{ ...learned, weights: null }, 'its weights is null, and its code is "learned"'],
    [{ ...learned, weights: [1, 2] }, "its weights is an array of length 2, expected an array of length 60"],
  ])("%#", (json, message) => {
    expect(read(json)).toThrow(RangeError);
    expect(read(json)).toThrow("not a head written by toJSON: ");
    expect(read(json)).toThrow(message);
  });

  test("what no head may have is said as of a new head", () => {
    expect(read({ ...good, features: 0 })).toThrow("features must be an integer from 1 to 65536, got 0");
    expect(read({ ...good, bias: null, classes: 1e9 })).toThrow("classes must be an integer from 1 to");
    expect(read({ ...good, code: { name: "hadamard", sed: 1 } })).toThrow(
      'has no option "sed", did you mean "seed"?',
    );
    expect(read({ ...good, code: { name: "hadamard", assignment: [1, 1] } })).toThrow(
      "gives the vector 1 to",
    );
  });

  test("options that there are not", () => {
    const call = (options: unknown) => () => FixedClassifier.fromJSON(good, options as object);
    expect(call({ backends: 1 })).toThrow(
      'fromJSON has no option "backends", did you mean "backend"? It has backend',
    );
    expect(call({ backend: "js" })).toThrow(/backend must be one that createBackend returned/);
    expect(call(null)()).toBeInstanceOf(FixedClassifier);
  });
});
