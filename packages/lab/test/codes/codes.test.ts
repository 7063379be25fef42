import { FixedClassifier } from "fixed-classifier";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { leastAbsolute, leastSigned } from "../../src/codes/bounds.js";
import { classVectors, gramMatrix } from "../../src/codes/gram.js";
import { colourOf, pngOf, svgOf } from "../../src/codes/picture.js";

const gramOf = (head: FixedClassifier) => gramMatrix(classVectors(head, head.classes), head.classes);

describe("gramMatrix", () => {
  test("of a learned head it is the one of its weights, whatever its bias", () => {
    const head = new FixedClassifier({ features: 40, classes: 5, code: "learned", seed: 3 });
    head.bias?.set([1, 2, 3, 4, 5]);
    const { weights } = head;
    if (weights === null) throw new Error("a learned head has weights");
    const row = (c: number) => weights.subarray(c * 40, (c + 1) * 40);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);
    const gram = gramOf(head);
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < 5; b++)
        expect(gram[a * 5 + b]).toBeCloseTo(
          dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b))),
          5,
        );
  });

  test.each(["hadamard", "orthogonal", "product"] as const)(
    "its worst entries are the coherence of %s",
    (code) => {
      const head = new FixedClassifier({ features: 32, classes: 100, code });
      const gram = gramOf(head);
      const off = gram.filter((_, k) => k % 101 !== 0);
      expect(off.reduce((a, b) => Math.max(a, b))).toBeCloseTo(head.code.coherence.signed, 5);
      const lines = off.filter((value) => value > -1 + 1e-6).map(Math.abs);
      expect(lines.reduce((a, b) => Math.max(a, b))).toBeCloseTo(head.code.coherence.absolute, 5);
    },
  );

  test("a vector of zeros is at no angle", () => {
    expect(Array.from(gramMatrix(Float64Array.of(0, 0, 3, 4), 2))).toEqual([0, 0, 0, 1]);
  });
});

test("bounds: reached by a simplex, an orthoplex and three lines in a plane, and no code is below", () => {
  expect(leastSigned(7, 8)).toBe(-1 / 7);
  expect(leastSigned(8, 16)).toBe(0);
  // Three lines at 60°, and the six of an icosahedron.
  expect(leastAbsolute(2, 3)).toBeCloseTo(0.5, 12);
  expect(leastAbsolute(3, 6)).toBeCloseTo(1 / Math.sqrt(5), 12);
  for (const [features, classes] of [
    [16, 96],
    [24, 500],
    [63, 64],
  ] as const) {
    const { absolute, signed } = new FixedClassifier({ features, classes }).code.coherence;
    expect(absolute).toBeGreaterThanOrEqual(leastAbsolute(features, Math.ceil(classes / 2)) - 1e-9);
    expect(signed).toBeGreaterThanOrEqual(leastSigned(features, classes) - 1e-9);
  }
});

describe("pictures", () => {
  const gram = Float64Array.of(1, -1, 0, 1);

  test("a PNG has a square of its colour for each entry", async () => {
    const { data, info } = await sharp(await pngOf(gram, 2))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([480, 480]);
    const at = (x: number, y: number) => Array.from(data.subarray(3 * (480 * y + x), 3 * (480 * y + x) + 3));
    expect(at(10, 10)).toEqual(colourOf(1));
    expect(at(470, 10)).toEqual(colourOf(-1));
    expect(at(10, 470)).toEqual([255, 255, 255]);
    expect(colourOf(1)).not.toEqual(colourOf(-1));
  });

  test("an SVG is one that can be drawn, and its title is text", async () => {
    const svg = await svgOf(gram, 2, 'a < b & "c"');
    expect(svg).toContain("a &lt; b &amp; &quot;c&quot;");
    const { width, height } = await sharp(Buffer.from(svg)).metadata();
    expect([width, height]).toEqual([616, 580]);
  });
});
