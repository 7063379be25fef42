import { describe, expect, test } from "vitest";
import { features, rowsOf, toLists } from "./support/model.js";
import { bytesOf, FLOAT32, post, problemOf, useWorker } from "./support/worker.js";

useWorker();

const ROW = JSON.stringify(toLists(rowsOf(1))[0]);
/** A row as JSON whose element 3 is written so. */
const rowWith = (text: string): string =>
  `[${["0", "1", "2", text, ...Array(features - 4).fill("0")].join()}]`;

describe("JSON", () => {
  test.each([
    ["nothing", "", "bad-json", /^the body is no JSON: /],
    ["half of an object", '{ "features": [1, ', "bad-json", /^the body is no JSON: /],
    [
      "NaN, which JSON does not have",
      `{ "features": ${rowWith("NaN")} }`,
      "bad-json",
      /^the body is no JSON: /,
    ],
    [
      "null",
      "null",
      "bad-features",
      /^the body is no object with features: send \{ "features": \[64 numbers\] \}/,
    ],
    ["a list", `[${ROW}]`, "bad-features", /^the body is no object with features/],
    ["an object without them", "{}", "bad-features", /^the body is no object with features/],
    ["features that are text", '{ "features": "1" }', "bad-features", /^the body is no object with features/],
    [
      "k in the body",
      `{ "features": ${ROW}, "k": 3 }`,
      "bad-features",
      /"k" beside features: k goes into the address: \/classify\?k=5$/,
    ],
    [
      "something else",
      `{ "labels": [1], "features": ${ROW} }`,
      "bad-features",
      /"labels" beside features: leave it out$/,
    ],
    [
      "a long name",
      `{ "features": [], "${"x".repeat(9999)}": 1 }`,
      "bad-features",
      /^the body has "x{40}…" beside features/,
    ],
  ])("%s", async (_, body, code, detail) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({
      title: "Bad Request",
      code,
      detail: expect.stringMatching(detail),
    });
  });

  test("text that is no UTF-8", async () => {
    const problem = await problemOf(await post(Uint8Array.of(0x7b, 0xff, 0x7d)));
    expect(problem).toMatchObject({ code: "bad-json", detail: "the body is no UTF-8: send JSON in UTF-8" });
  });

  test.each([
    ["a short row", "[[1, 2]]", "features[0] has 2 numbers: a row has 64", { row: 0 }],
    ["a single short row", "[1, 2]", "features has 2 numbers: a row has 64", { row: 0 }],
    ["an empty row", `[${ROW}, []]`, "features[1] has 0 numbers: a row has 64", { row: 1 }],
    [
      "a row that is none",
      `[${ROW}, 7]`,
      "features[1] is a value of type number: send a list of 64 numbers",
      { row: 1 },
    ],
    ["a row that is null", `[${ROW}, null]`, "features[1] is null: send a list of 64 numbers", { row: 1 }],
  ])("%s", async (_, list, detail, place) => {
    const response = await post(`{ "features": ${list} }`);
    expect(response.status).toBe(400);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ code: "bad-features", detail, ...place });
    expect(problem).not.toHaveProperty("element");
  });

  test.each([
    ["text", '"1"', "bad-features", " is a value of type string: send a number"],
    ["true", "true", "bad-features", " is a value of type boolean: send a number"],
    ["an object", "{}", "bad-features", " is a value of type object: send a number"],
    [
      "null",
      "null",
      "bad-features",
      " is null (many writers of JSON make null of NaN and infinities): send a number",
    ],
    ["beyond float64", "1e999", "not-finite", " is beyond the range of float32: features must be finite"],
    ["beyond float32", "-3.5e38", "not-finite", " is beyond the range of float32: features must be finite"],
  ])("an element that is %s", async (_, text, code, detail) => {
    const single = await problemOf(await post(`{ "features": ${rowWith(text)} }`));
    expect(single).toMatchObject({ status: 400, code, detail: `features[3]${detail}`, row: 0, element: 3 });
    const second = await problemOf(await post(`{ "features": [${ROW}, ${rowWith(text)}] }`));
    expect(second).toMatchObject({
      status: 400,
      code,
      detail: `features[1][3]${detail}`,
      row: 1,
      element: 3,
    });
  });

  test("an element that is a list", async () => {
    const problem = await problemOf(await post(`{ "features": [${rowWith("[1]")}] }`));
    expect(problem).toMatchObject({ detail: "features[0][3] is a list: send a number", row: 0, element: 3 });
  });
});

describe("float32", () => {
  test.each([1, 255, 257])("%i bytes are no whole rows", async (length) => {
    const response = await post(new Uint8Array(length), FLOAT32);
    expect(response.status).toBe(400);
    expect(await problemOf(response)).toMatchObject({
      code: "bad-features",
      detail: `the body has ${length} bytes, which are no whole rows of 64 little-endian float32 (256 bytes)`,
    });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "%d is refused",
    async (value) => {
      const x = rowsOf(3);
      x[2 * features + 17] = value;
      const response = await post(bytesOf(x), FLOAT32);
      expect(response.status).toBe(400);
      expect(await problemOf(response)).toMatchObject({
        code: "not-finite",
        detail: `element 17 of row 2 is ${value}: features must be finite`,
        row: 2,
        element: 17,
      });
    },
  );
});

test.each([
  ["k=0", 'k is "0": give an integer from 1 to 10'],
  ["k=11", 'k is "11": give an integer from 1 to 10'],
  ["k=", 'k is "": give an integer from 1 to 10'],
  ["k=-1", 'k is "-1": give an integer from 1 to 10'],
  ["k=2.5", 'k is "2.5": give an integer from 1 to 10'],
  ["k=1e1", 'k is "1e1": give an integer from 1 to 10'],
  [`k=${"9".repeat(400)}`, `k is "${"9".repeat(40)}": give an integer from 1 to 10`],
  ["k=1&k=2", "k is given twice: give it once"],
  ["top=3", 'the address has a parameter besides k: leave "top" out'],
])("?%s", async (query, detail) => {
  const response = await post('{ "features": [] }', "application/json", `/classify?${query}`);
  expect(response.status).toBe(400);
  expect(await problemOf(response)).toMatchObject({ code: "bad-query", detail });
});

test.each([
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/json; charset=latin1",
  "constructor",
])("Content-Type %s", async (type) => {
  const response = await post('{ "features": [] }', type);
  expect(response.status).toBe(415);
  expect(response.headers.get("Accept")).toBe("application/json, application/octet-stream");
  expect(await problemOf(response)).toMatchObject({
    code: "unsupported-media-type",
    detail: `Content-Type is ${type}: send application/json in UTF-8, or application/octet-stream`,
  });
});

test("no Content-Type", async () => {
  const response = await post(new Uint8Array(256), "");
  expect(response.status).toBe(415);
  expect(await problemOf(response)).toMatchObject({ code: "unsupported-media-type" });
});

test("a body that is compressed", async () => {
  const response = await post(new Uint8Array(256), FLOAT32, "/classify", { "Content-Encoding": "gzip" });
  expect(response.status).toBe(415);
  expect(response.headers.get("Accept-Encoding")).toBe("identity");
  expect(await problemOf(response)).toMatchObject({
    code: "unsupported-encoding",
    detail: "Content-Encoding is gzip: send the body without one",
  });
});
