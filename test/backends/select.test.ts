import { describe, expect, test } from "@jest/globals";
import { wishOf } from "../../lib/backends/platform/wish.js";
import { selectBackend as select } from "../../lib/backends/select.js";
import { createBackend, instructionSets } from "../../lib/index.js";
import { backends, label, missing, NAMES } from "../support/backends.js";

/** What is chosen, and what was tried before. */
function selectBackend(env: Record<string, string | undefined>) {
  const { opened, failures } = select(wishOf(env));
  return { backend: opened.transform, failures };
}

test("without a wish, the first backend that loads, and why the ones before it did not", () => {
  const { backend, failures } = selectBackend({});
  expect(label(backend)).toBe(label(backends[0] as never));
  expect(failures.map(({ name }) => name)).toEqual(NAMES.slice(0, NAMES.indexOf(backend.name)));
  for (const { error } of failures) expect(error.message).not.toBe("");
});

test("an empty variable is no wish", () => {
  const { backend } = selectBackend({ FIXED_CLASSIFIER_BACKEND: "", FIXED_CLASSIFIER_ISA: "" });
  expect(label(backend)).toBe(label(backends[0] as never));
});

test.each(backends.map((b) => [label(b), b] as const))("%s can be forced", (_, { name, instructionSet }) => {
  const whole = { FIXED_CLASSIFIER_BACKEND: name, FIXED_CLASSIFIER_ISA: instructionSet };
  expect(label(selectBackend(whole).backend)).toBe(`${name} ${instructionSet}`);
  expect(selectBackend(whole).failures).toEqual([]);
  expect(selectBackend({ FIXED_CLASSIFIER_BACKEND: name }).backend.name).toBe(name);
});

test("an instruction set alone takes the first backend that has it", () => {
  for (const { instructionSet } of backends) {
    const first = backends.find((b) => b.instructionSet === instructionSet);
    expect(label(selectBackend({ FIXED_CLASSIFIER_ISA: instructionSet }).backend)).toBe(
      label(first as never),
    );
  }
});

test("instructionSets tells what can be forced, best first", () => {
  for (const name of new Set(backends.map((b) => b.name))) {
    expect(instructionSets(name)).toEqual(
      backends.filter((b) => b.name === name).map((b) => b.instructionSet),
    );
    expect(createBackend(name).instructionSet).toBe(instructionSets(name)[0]);
  }
});

describe("what cannot be had is an error", () => {
  test.each(["cuda", "NATIVE", "toString", "__proto__", "native,wasm"])(
    "FIXED_CLASSIFIER_BACKEND=%s",
    (name) => {
      const select = () => selectBackend({ FIXED_CLASSIFIER_BACKEND: name });
      expect(select).toThrow(RangeError);
      expect(select).toThrow(/FIXED_CLASSIFIER_BACKEND must be one of "native", "wasm", "js", got "/);
      expect(() => createBackend(name as never)).toThrow(/backend must be one of "native", "wasm", "js"/);
    },
  );

  test("an instruction set that no backend has: every reason is told", () => {
    const select = () => selectBackend({ FIXED_CLASSIFIER_ISA: "avx9" });
    expect(select).toThrow(/no backend of fixed-classifier could be loaded/);
    for (const name of NAMES) expect(select).toThrow(new RegExp(`\\n {2}${name}: .+`));
  });

  test.each([...new Set(backends.map(({ name }) => name))])(
    "an instruction set that %s does not have",
    (name) => {
      const had = backends.filter((b) => b.name === name).map((b) => b.instructionSet);
      const upper = (had[0] as string).toUpperCase();
      for (const instructionSet of ["avx9", upper, "__proto__", "toString", "altivec"]) {
        const force = () =>
          selectBackend({ FIXED_CLASSIFIER_BACKEND: name, FIXED_CLASSIFIER_ISA: instructionSet });
        const create = () => createBackend(name, { instructionSet });
        for (const run of [force, create]) {
          expect(run).toThrow(RangeError);
          expect(run).toThrow(`"${instructionSet}"`);
          for (const set of had) expect(run).toThrow(set);
        }
      }
    },
  );

  for (const { name, error } of missing) {
    test(`${name}, which is not here, is not replaced by another`, () => {
      expect(() => selectBackend({ FIXED_CLASSIFIER_BACKEND: name })).toThrow(error.message);
    });
  }

  test("instruction sets of a backend that does not exist", () => {
    expect(() => instructionSets("cuda" as never)).toThrow(/backend must be one of "native", "wasm", "js"/);
  });

  test("a name that is no string", () => {
    for (const name of [undefined, null, 1, {}]) {
      expect(() => createBackend(name as never)).toThrow(TypeError);
    }
  });
});

test("options that a backend does not have", () => {
  expect(() => createBackend("js", { thread: 2 } as never)).toThrow(
    new TypeError(
      'createBackend has no option "thread", did you mean "threads"? It has instructionSet, threads',
    ),
  );
  expect(() => createBackend("js", "scalar" as never)).toThrow(
    new TypeError('options of createBackend must be an object, got "scalar"'),
  );
  expect(createBackend("js", null).name).toBe("js");
  expect(createBackend("js", { instructionSet: null, threads: null } as never).instructionSet).toBe("scalar");
});
