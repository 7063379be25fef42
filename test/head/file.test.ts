import { describe, expect, test } from "@jest/globals";
import { type FileOptions, FixedClassifier, type FixedClassifierOptions } from "../../lib/index.js";
import { reference as js, onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { fileOf } from "../support/files.js";
import { createHead } from "../support/heads.js";
import { detach, guarded } from "../support/memory.js";
import { floats } from "../support/random.js";

const read = (bytes: unknown): FixedClassifier =>
  FixedClassifier.fromSafetensors(bytes as Uint8Array, { backend: js });

const sample = createHead({ features: 24, classes: 10, seed: 7 }, js);
const file = sample.toSafetensors();

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: number[];
}
type Header = { __metadata__: Record<string, string> } & Record<string, Entry>;

const headerOf = (bytes: Uint8Array): { header: Header; data: Uint8Array } => {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const json = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  return { header: JSON.parse(json) as Header, data: bytes.subarray(8 + length) };
};

/** The sample with its header changed. */
function changed(change: (header: Header) => void): Uint8Array {
  const { header, data } = headerOf(file);
  change(header);
  return fileOf(JSON.stringify(header), data);
}

const refuse = (bytes: unknown, message: RegExp): void => {
  expect(() => read(bytes)).toThrow(RangeError);
  expect(() => read(bytes)).toThrow(message);
};

test("the file is what other readers of safetensors expect", () => {
  const { header, data } = headerOf(file);
  expect(header).toMatchObject({
    scale: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
    bias: { dtype: "F32", shape: [10], data_offsets: [4, 44] },
  });
  expect(Object.values(header.__metadata__).every((value) => typeof value === "string")).toBe(true);
  expect(data).toHaveLength(44);
  expect((file.length - data.length) % 8).toBe(0);
  const view = new DataView(file.buffer, file.length - 44);
  expect(view.getFloat32(0, true)).toBe(sample.scale);
  expect(view.getFloat32(4, true)).toBe(sample.bias?.[0]);
});

onEachBackend((backend) => {
  test("a head comes back as it was: same settings, same bits", () => {
    for (const options of [
      { features: 1, classes: 1 },
      { features: 64, classes: 100, bias: false },
      { features: 64, classes: 10, learnScale: false, scale: -3.3 },
      { features: 100, classes: 50, code: "sylvester", seed: 2 ** 32 - 1 },
      { features: 8, classes: 20, code: "sylvester", allowDuplicates: true, scale: 0 },
      { features: 96, classes: 1000, seed: 3 },
      { features: 92, classes: 300, seed: 3 },
      { features: 48, classes: 9, code: { name: "hadamard", assignment: [60, 3, 4, 0, 200, 100] } },
      { features: 64, classes: 6000, seed: 3 },
      { features: 11, classes: 12, code: "simplex" },
      { features: 12, classes: 20, code: "orthoplex" },
      { features: 5, classes: 30, code: "cube" },
      { features: 12, classes: 20, code: "orthogonal", seed: 4 },
      { features: 12, classes: 20, code: "learned", seed: 4, scale: 1 },
      { features: 13, classes: 20, code: "product", seed: 4 },
      {
        features: 13,
        classes: 20,
        code: { name: "product", stages: 2, rotation: 1, weights: floats(26, 3) },
      },
      { features: 13, classes: 20, code: { name: "product", normalised: false, magnitudes: [0, 3] } },
      { features: 13, classes: 20, code: { name: "product", assignment: [0, 1, 2, 3, 4, 5, 6, 7] } },
      { features: 50, classes: 33, code: { name: "product", width: 32, weights: floats(50 * 33, 9) } },
    ] as FixedClassifierOptions[]) {
      const head = createHead(options, js);
      head.weights?.set(floats(head.weights.length, 5));
      const again = FixedClassifier.fromSafetensors(head.toSafetensors(), { backend });
      expect(again.settings).toEqual(head.settings);
      expect([again.scale, again.bias]).toEqual([head.scale, head.bias]);
      expect(again.backend).toBe(backend);
      const x = floats(3 * head.features, 1);
      expectSameBits(again.forward(x), head.forward(x));
      expect(again.toSafetensors()).toEqual(head.toSafetensors());
    }
  });
});

describe("a head in a file is finite", () => {
  const head = (options: object = {}) => createHead({ features: 4, classes: 4, ...options }, js);

  test("but for −Infinity in a bias, which masks a class", () => {
    const masked = head();
    masked.bias?.set([-Infinity, -0, 3, -Infinity]);
    const again = read(masked.toSafetensors());
    expect(again.bias).toEqual(masked.bias);
    const p = again.probabilities(Float32Array.of(1, 2, 3, 4));
    expect([p[0], p[3]]).toEqual([0, 0]);
  });

  test.each([Number.NaN, Infinity])("%d in a bias or in weights is not written", (value) => {
    const biased = head();
    (biased.bias as Float32Array)[2] = value;
    const learned = head({ code: "learned" });
    (learned.weights as Float32Array)[7] = value;
    for (const [broken, what] of [
      [biased, "bias[2]"],
      [learned, "weights[7]"],
    ] as const) {
      expect(() => broken.toSafetensors()).toThrow(RangeError);
      expect(() => broken.toSafetensors()).toThrow(
        `a head that is written to a file must be finite: ${what} is ${value}, expected a finite number`,
      );
    }
  });

  test("-Infinity in weights is not written either", () => {
    const learned = head({ code: "learned" });
    (learned.weights as Float32Array)[0] = -Infinity;
    expect(() => learned.toSafetensors()).toThrow("weights[0] is -Infinity, expected a finite number");
  });

  test.each([Number.NaN, Infinity, -Infinity])("%d is not read", (value) => {
    const written = (bytes: Uint8Array, fromEnd: number): Uint8Array => {
      new DataView(bytes.buffer).setFloat32(bytes.length - fromEnd, value, true);
      return bytes;
    };
    const is = (what: string) =>
      new RegExp(`not a head written by toSafetensors: ${what} is ${value}, expected`);
    refuse(written(file.slice(), 44), is("scale\\[0\\]"));
    if (value !== -Infinity) refuse(written(file.slice(), 4), is("bias\\[9\\]"));
    refuse(written(head({ code: "learned" }).toSafetensors(), 8), is("weights\\[14\\]"));
  });
});

describe("what a file may ask for can be limited", () => {
  const load = (bytes: Uint8Array, options: FileOptions) =>
    FixedClassifier.fromSafetensors(bytes, { backend: js, ...options });

  test("a head within the limits is taken", () => {
    const options = { codes: ["cube", "hadamard"], maxClasses: 10, maxFeatures: 24 } as const;
    expect(load(file, options).toSafetensors()).toEqual(file);
    expect(load(file, { codes: undefined, maxClasses: null } as never).toSafetensors()).toEqual(file);
  });

  test("one beyond is refused", () => {
    for (const [options, message] of [
      [{ codes: ["cube", "learned"] }, 'the file has a head of code "hadamard"; codes allows cube, learned'],
      [{ codes: [] }, 'the file has a head of code "hadamard"; codes allows none'],
      [{ maxClasses: 9 }, "the file has a head of 10 classes; maxClasses allows 9"],
      [{ maxFeatures: 23 }, "the file has a head of 24 features; maxFeatures allows 23"],
    ] as [FileOptions, string][]) {
      expect(() => load(file, options)).toThrow(new RangeError(message));
    }
  });

  test("and a vector as far behind as that of a class beyond", () => {
    const code = { name: "hadamard", assignment: [0, 1000] } as const;
    const far = new FixedClassifier({ features: 36, classes: 2, code, backend: js }).toSafetensors();
    expect(load(far, { maxClasses: 1001 }).toSafetensors()).toEqual(far);
    expect(() => load(far, { maxClasses: 1000 })).toThrow(
      new RangeError("the file gives the vector 1000 to the class 1; maxClasses allows 0 … 999"),
    );
  });

  test("before anything is built, or looked at that is not within them", () => {
    const large = changed(({ __metadata__: m, ...header }) => {
      Object.assign(m, { code: "cube", classes: "16777216", features: "24", "code.width": "8" });
      Object.assign(header.bias as Entry, { dtype: "F16", shape: [20] });
    });
    expect(() => load(large, { maxClasses: 1000 })).toThrow(/maxClasses allows 1000/);
  });

  test("limits that are none are refused", () => {
    for (const [options, kind, message] of [
      [{ codes: "hadamard" }, TypeError, /codes must be an array of names, got "hadamard"/],
      [{ codes: ["hadamard", "kerdock"] }, RangeError, /codes\[1\] must be one of "hadamard", /],
      [{ codes: [3] }, TypeError, /codes\[0\] must be one of .*, got 3/],
      [{ maxClasses: "3" }, TypeError, /maxClasses must be a number/],
      [{ maxClasses: 0 }, RangeError, /maxClasses must be an integer from 1 to 16777216, got 0/],
      [{ maxFeatures: 1.5 }, RangeError, /maxFeatures must be an integer from 1 to 65536, got 1.5/],
      [{ maxClass: 3 }, TypeError, /no option "maxClass", did you mean "maxClasses"\?/],
      [{ backend: {} }, TypeError, /backend must be one that createBackend returned/],
    ] as const) {
      expect(() => load(file, options as never)).toThrow(kind);
      expect(() => load(file, options as never)).toThrow(message);
    }
  });
});

test("learned class vectors are a tensor, classes × features", () => {
  const head = createHead({ features: 3, classes: 2, code: "learned" }, js);
  const bytes = head.toSafetensors();
  const { header } = headerOf(bytes);
  expect(header.weights).toEqual({ dtype: "F32", shape: [2, 3], data_offsets: [12, 36] });
  expect(read(bytes).weights).toEqual(head.weights);
  const { data } = headerOf(bytes);
  for (const shape of [[3, 2], [6], [2, 3, 1]]) {
    Object.assign(header.weights as Entry, { shape });
    refuse(fileOf(JSON.stringify(header), data), /tensor weights must be F32 of shape \[2, 3\]/);
  }
  delete header.weights;
  refuse(
    fileOf(JSON.stringify(header), data.subarray(0, 12)),
    /tensor weights must be F32 of shape \[2, 3\]/,
  );
});

test("a file may lie anywhere in memory, be a Buffer, or stand on shared memory", () => {
  for (const offset of [0, 1, 3]) {
    const bytes = new Uint8Array(file.length + 10);
    bytes.set(file, offset);
    expect(read(bytes.subarray(offset, offset + file.length)).bias).toEqual(sample.bias);
  }
  expect(read(Buffer.from(file)).bias).toEqual(sample.bias);
  const shared = new Uint8Array(new SharedArrayBuffer(file.length));
  shared.set(file);
  expect(read(shared).bias).toEqual(sample.bias);
  expect(read(shared.buffer).bias).toEqual(sample.bias);
  expect(read(file.slice().buffer).bias).toEqual(sample.bias);
});

test("the head does not change with the file", () => {
  const bytes = file.slice();
  const head = read(bytes);
  bytes.fill(0);
  expect(head.bias).toEqual(sample.bias);
});

test("cut at any byte, it is refused", () => {
  for (let length = 0; length < file.length; length++) {
    expect(() => read(file.subarray(0, length))).toThrow(RangeError);
    expect(() => read(file.slice(0, length))).toThrow(/not a safetensors file: .*(truncated|too few)/);
  }
});

test("any byte of the header destroyed gives an error or a head, never another kind of failure", () => {
  const end = file.length - 44;
  for (let at = 0; at < end; at++) {
    for (const value of [0, 0x22, 0x39, 0xff]) {
      const bytes = file.slice();
      bytes[at] = value;
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
  }
});

test("what is no bytes is a TypeError", () => {
  for (const bytes of [null, undefined, "file", [1, 2], new Float32Array(10), new DataView(file.buffer)]) {
    expect(() => read(bytes)).toThrow(TypeError);
    expect(() => read(bytes)).toThrow(/bytes must be a Uint8Array or an ArrayBuffer, got /);
  }
  expect(() => read(detach(file.slice()))).toThrow(/bytes is detached/);
});

test("files of other kinds are refused", () => {
  refuse(
    new TextEncoder().encode("PK\x03\x04 this is a zip archive, or says so"),
    /its header should have \d+ bytes/,
  );
  for (const json of ["not JSON at all", "null", "3", '"head"', "true", "[]"]) {
    refuse(fileOf(json, new Uint8Array(50)), /its header must begin with \{, it begins with the byte 0x/);
  }
  refuse(fileOf(Uint8Array.of(0x7b, 0xff, 0x7d), new Uint8Array(50)), /its header is no JSON/);
  refuse(fileOf("{}", new Uint8Array(0)), /its format is undefined, expected "fixed-classifier"/);
  const weight = { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] };
  refuse(fileOf(JSON.stringify({ weight }), new Uint8Array(16)), /its format is undefined, expected/);
  const pytorch = { __metadata__: { format: "pt" }, weight };
  refuse(
    fileOf(JSON.stringify(pytorch), new Uint8Array(16)),
    /its format is "pt", expected "fixed-classifier"/,
  );
});

test("a newer version or code says to update", () => {
  refuse(
    changed(({ __metadata__: m }) => {
      m.version = "2";
    }),
    /its version is "2", this release reads 1; update fixed-classifier/,
  );
  refuse(
    changed(({ __metadata__: m }) => {
      m.code = "kerdock";
    }),
    /its code is "kerdock", this release has hadamard, product, sylvester, .*; update fixed-classifier/,
  );
  refuse(
    changed(({ __metadata__: m }) => {
      m.codeVersion = "2";
    }),
    /its code "hadamard" has codeVersion "2", this release reads 1; update fixed-classifier/,
  );
});

test("settings that are missing or make no sense are refused", () => {
  for (const key of [
    "features",
    "classes",
    "code.seed",
    "learnScale",
    "code",
    "codeVersion",
    "version",
    "format",
  ]) {
    for (const value of ["", "-1", "1.5", "1e3", "NaN", "99999999999999999999", "toString", undefined]) {
      const bytes = changed(({ __metadata__: m }) => {
        m[key] = value as string;
      });
      refuse(bytes, new RegExp(key.replace("code.seed", 'option "seed" of code "hadamard" is')));
    }
  }
  for (const [key, value] of [
    ["features", "0"],
    ["features", "65537"],
    ["classes", "0"],
    ["classes", "9999999999"],
    ["code.seed", "9999999999"],
  ] as const) {
    expect(() =>
      read(
        changed(({ __metadata__: m }) => {
          m[key] = value;
        }),
      ),
    ).toThrow(RangeError);
  }
});

test("tensors that are missing, or of another type or shape, are refused", () => {
  for (const [name, shape] of [
    ["scale", "1"],
    ["bias", "10"],
  ] as const) {
    const expected = new RegExp(`tensor ${name} must be F32 of shape \\[${shape}\\]`);
    const entry = (change: Partial<Record<keyof Entry, unknown>>): Uint8Array =>
      changed((header) => Object.assign(header[name] as Entry, change));
    refuse(entry({ dtype: "I32" }), expected);
    refuse(entry({ dtype: "F16", shape: [2 * Number(shape)] }), expected);
    refuse(entry({ shape: [1, Number(shape)] }), expected);
  }
  refuse(
    changed((header) => {
      header.s = header.scale as Entry;
      delete header.scale;
    }),
    /tensor scale must be F32 of shape \[1\]/,
  );
});

test("what belongs to the code is checked by the code", () => {
  const metadata = (key: string, value: string) =>
    changed(({ __metadata__: m }) => {
      m[key] = value;
    });
  refuse(metadata("code.width", "8"), /code "hadamard" has no option "width"; update fixed-classifier/);
  refuse(metadata("code.assignment", "1,0"), /option "assignment" of code "hadamard" is "1,0"/);
  const assigned = createHead(
    { features: 24, classes: 3, code: { name: "hadamard", assignment: [7, 2, 40] } },
    js,
  ).toSafetensors();
  const { header, data } = headerOf(assigned);
  expect(header["code.assignment"]).toEqual({ dtype: "I32", shape: [3], data_offsets: [16, 28] });
  const tensor = (change: Partial<Entry>, values: readonly number[]): Uint8Array => {
    const bytes = data.slice();
    new Int32Array(bytes.buffer, 16, 3).set(values);
    const entry = { ...header["code.assignment"], ...change };
    return fileOf(JSON.stringify({ ...header, "code.assignment": entry }), bytes);
  };
  expect(read(tensor({}, [7, 2, 40])).toSafetensors()).toEqual(assigned);
  refuse(tensor({ dtype: "F32" }, [7, 2, 40]), /option "assignment" of code "hadamard" is a tensor of F32/);
  refuse(tensor({ shape: [3, 1] }, [7, 2, 40]), /option "assignment" of code "hadamard" is a tensor of I32/);
  refuse(tensor({}, [7, 2, 7]), /assignment gives the vector 7 to the classes 0 and 2/);
  refuse(tensor({}, [7, 2, -1]), /assignment\[2\] is -1/);
});

test("a hostile length does not make it allocate", () => {
  for (const length of [
    2n ** 64n - 1n,
    2n ** 63n,
    2n ** 53n,
    2n ** 32n,
    100_000_001n,
    BigInt(file.length - 7),
  ]) {
    refuse(
      fileOf("{}", new Uint8Array(file.length - 10), length),
      /its header should have \d+ bytes, \d+ are there/,
    );
  }
  refuse(
    changed((header) => {
      Object.assign(header.__metadata__, { features: "65536", classes: "65536" });
      Object.assign(header.bias as Entry, { shape: [65536], data_offsets: [4, 4 + 4 * 65536] });
    }),
    /tensor "bias" has the bytes 4 … 262148 .*truncated/,
  );
});

test("nothing beside the file is read or written", () => {
  const guard = guarded(new Int32Array(file.length), 1);
  const bytes = new Uint8Array(guard.view.buffer, guard.view.byteOffset, file.length);
  bytes.set(file);
  read(bytes);
  guard.check();
});
