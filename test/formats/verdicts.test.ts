/** What the reference implementation of safetensors takes and refuses, for written and for mutated files. */

import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { decodeSafetensors } from "../../lib/formats/safetensors.js";
import { fileOf } from "../support/files.js";

type Verdict = "taken" | "refused" | "forbidden";
type Case = [header: string, dataLength: number, verdict: Verdict, headerLength?: string];

const [about, ...cases] = readFileSync(new URL("verdicts.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as unknown) as [{ about: string }, ...Case[]];

function outcome([header, dataLength, , headerLength]: Case): string {
  const data = new Uint8Array(dataLength);
  const length = headerLength === undefined ? undefined : BigInt(headerLength);
  try {
    decodeSafetensors(fileOf(Buffer.from(header, "latin1"), data, length));
    return "taken";
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return (error as Error).message;
  }
}

test("the same files are taken and refused, but for those that the description of the format forbids", () => {
  expect(about.about).toMatch(/scripts\/formats\/safetensors_verdicts\.py with safetensors \d/);
  const others = cases.flatMap((given) => {
    const found = outcome(given);
    return (found === "taken") === (given[2] === "taken") ? [] : [[...given, found]];
  });
  expect(others).toEqual([]);
});

test("what is forbidden is a key that is given twice, a first character, another form of an entry, or too large a number", () => {
  const messages = cases.filter(([, , verdict]) => verdict === "forbidden").map(outcome);
  expect(messages.length).toBeGreaterThan(30);
  for (const message of messages) {
    expect(message).toMatch(
      /it has the key .* a second time, at|must begin with \{|expected an object|has the dtype an object|no array of sizes/,
    );
  }
});
