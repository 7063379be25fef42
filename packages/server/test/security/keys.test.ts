import { join } from "node:path";
import { Problem } from "fixed-classifier-models/files";
import { expect, test } from "vitest";
import { ApiKeys, exposureOf, readKeys } from "../../src/security/index.js";
import { folderOf } from "../support/models.js";

const KEY = "kP3vTn8sWq2LxZ7c";
const OTHER = "a-second-key-of-this-server";

test("a key comes as bearer or by itself", () => {
  const keys = new ApiKeys([KEY, OTHER]);
  expect(keys.refuse(`Bearer ${KEY}`, undefined)).toBeUndefined();
  expect(keys.refuse(`bearer   ${OTHER} `, undefined)).toBeUndefined();
  expect(keys.refuse(undefined, OTHER)).toBeUndefined();
  // Where both are sent, what is between may have put its own into the other.
  expect(keys.refuse("Basic dXNlcjpwYXNz", KEY)).toBeUndefined();
});

test.each([
  [undefined, undefined, /wants an API key/],
  ["", undefined, /wants an API key/],
  [`Basic ${KEY}`, undefined, /wants an API key/],
  [`Bearer ${KEY} ${KEY}`, undefined, /wants an API key/],
  [`Bearer ${KEY}x`, undefined, /none of this server's/],
  [`Bearer ${KEY.slice(1)}`, undefined, /none of this server's/],
  [undefined, "", /none of this server's/],
  [`Bearer ${KEY}`, "wrong", /none of this server's/],
])("%s and %s are refused", (authorization, apiKey, reason) => {
  const refusal = new ApiKeys([KEY]).refuse(authorization, apiKey);
  expect(refusal?.failure).toBe("unauthenticated");
  expect(refusal?.message).toMatch(reason);
  expect(refusal?.message).not.toContain(KEY);
});

test("keys come from a file, or from the environment", () => {
  const folder = folderOf({ keys: `# of the team\n${KEY}\n\n  ${OTHER}\r\n` });
  for (const keys of [
    readKeys(join(folder, "keys"), { FIXED_CLASSIFIER_API_KEYS: "not-looked-at-at-all" }),
    readKeys(undefined, { FIXED_CLASSIFIER_API_KEYS: `${KEY},${OTHER}` }),
    readKeys(undefined, { FIXED_CLASSIFIER_API_KEYS: `${KEY}\n${OTHER}\n` }),
  ]) {
    expect(keys?.refuse(undefined, KEY)).toBeUndefined();
    expect(keys?.refuse(undefined, OTHER)).toBeUndefined();
    expect(keys?.refuse(undefined, "not-looked-at-at-all")).toBeDefined();
  }
  expect(readKeys(undefined, {})).toBeUndefined();
});

test.each([
  ["secret", /key 2 has 6 characters; use 16 or more/],
  ["a key of words and more words", /key 2 has characters that no header can carry/],
  ["sechzehn-zeichen-ä", /key 2 has characters/],
  ["", /has no key/],
])("the file with the key %j is refused, without a word of what is in it", (key, reason) => {
  const file = join(folderOf({ keys: `#\n${key}\n` }), "keys");
  const attempt = () => readKeys(file, {});
  expect(attempt).toThrow(Problem);
  expect(attempt).toThrow(reason);
  if (key !== "") expect(attempt).not.toThrow(key);
});

test("an environment that says there are keys, and has none, does not open the server", () => {
  expect(() => readKeys(undefined, { FIXED_CLASSIFIER_API_KEYS: "" })).toThrow(/API_KEYS has no key/);
  expect(() => readKeys(join(folderOf(), "keys"), {})).toThrow(/there is no such file/);
});

test("who listens beyond this machine is told what that means", () => {
  const keys = new ApiKeys([KEY]);
  const tls = { certificate: Buffer.of(), key: Buffer.of() };
  for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
    expect(exposureOf(host, {})).toBeUndefined();
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.example.org"]) {
    expect(exposureOf(host, {})).toMatch(/any of them may ask/);
    expect(exposureOf(host, { tls })).toMatch(/any of them may ask/);
    expect(exposureOf(host, { keys })).toMatch(/unencrypted/);
    expect(exposureOf(host, { keys, tls })).toBeUndefined();
    expect(exposureOf(host, { tls: { ...tls, clientCa: Buffer.of() } })).toBeUndefined();
  }
});
