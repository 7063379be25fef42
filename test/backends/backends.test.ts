import { expect, test } from "@jest/globals";
import { backend, createBackend } from "../../lib/index.js";
import { backends, label, missing, NAMES } from "../support/backends.js";

/** Names of backends, separated by commas, without which the run fails: for machines that have a compiler. */
const required = (process.env.FIXED_CLASSIFIER_REQUIRE ?? "").split(",").filter(Boolean);

test("FIXED_CLASSIFIER_REQUIRE names backends", () => {
  for (const name of required) expect(NAMES).toContain(name);
});

for (const { name, error } of missing) {
  const title = `${name} is not tested here: ${error.message.split("\n")[0]}`;
  if (required.includes(name)) {
    test(title, () => {
      throw error;
    });
  } else {
    test.skip(title, () => {});
  }
}

test.each(backends.map((b) => [label(b), b] as const))("%s is what was asked for", (_, held) => {
  const again = createBackend(held.name, { instructionSet: held.instructionSet });
  expect(label(again)).toBe(label(held));
});

test("the default of every backend is its best instruction set", () => {
  for (const name of new Set(backends.map((b) => b.name))) {
    expect(label(createBackend(name))).toBe(label(backends.find((b) => b.name === name) as never));
  }
});

test("the backend chosen at load time is one of those", () => {
  expect(backends.map(label)).toContain(`${backend.name} ${backend.instructionSet}`);
  expect(backend.failures.every(({ error }) => error.message.length > 0)).toBe(true);
});
