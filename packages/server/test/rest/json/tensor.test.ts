import { expect, test } from "vitest";
import { JsonReader } from "../../../src/rest/json/reader.js";
import { MOST_DIMENSIONS, readTensor } from "../../../src/rest/json/tensor.js";

function read(text: string, isSingle = true, expected?: number) {
  const reader = new JsonReader(Buffer.from(text));
  const { values, nesting } = readTensor(reader, "data", isSingle, expected);
  reader.finish();
  return { values: [...values], nesting };
}

const refusal = (text: string, isSingle = true) => {
  try {
    read(text, isSingle);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

test("reads flat and nested arrays, and says how they were nested", () => {
  expect(read(" [ 1 , -2.5,3e1,\n0 ] ")).toEqual({ values: [1, -2.5, 30, 0], nesting: [4] });
  expect(read("[[1,2,3],[4,5,6]]")).toEqual({ values: [1, 2, 3, 4, 5, 6], nesting: [2, 3] });
  expect(read("[[[1],[2]]]").nesting).toEqual([1, 2, 1]);
  expect(read("[]")).toEqual({ values: [], nesting: [0] });
  expect(read("[[],[]]")).toEqual({ values: [], nesting: [2, 0] });
  expect(read(`[${"1,".repeat(3000)}1]`, true, 2).values).toHaveLength(3001);
});

test("strings stand for what JSON has no numbers for", () => {
  expect(read('["NaN","Infinity","-Infinity"]').values).toEqual([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
});

test("FP32 is the float32 of the nearest double, all else the nearest double", () => {
  const texts: string[] = [
    "0.1",
    "1e-45",
    "1.4e-45",
    "7e-46",
    "1e-400",
    "3.4028235e38",
    "340282346638528859811704183484516925440",
    "16777217",
    "16777217.000000000000000001",
    "9007199254740993",
    "0.000000000000000000000000000000000000001",
    `0.${"0".repeat(300)}1`,
    `1${"0".repeat(30)}`,
    "1.00000005960464477539062500000000000000001",
  ];
  for (let i = 1; i < 20_000; i++) {
    const value = Math.sin(i) * 10 ** (i % 70 > 60 ? 0 : (i % 60) - 30);
    texts.push(String(value), String(Math.fround(value)), value.toPrecision(9), value.toExponential(20));
  }
  const text = `[${texts}]`;
  const doubles = texts.map(Number);
  expect(read(text).values).toEqual(doubles.map(Math.fround));
  expect(read(text, false).values).toEqual(doubles);
});

test.each([
  ["[null]", /has null.*"NaN"/],
  ["[NaN]", /must be numbers.*"NaN"/],
  ["[Infinity]", /must be numbers/],
  ["[-Infinity]", /must be numbers/],
  ["[true]", /must be numbers/],
  ['["1"]', /only "NaN"/],
  ["[01]", /must be numbers/],
  ["[.5]", /must be numbers/],
  ["[5.]", /must be numbers/],
  ["[1e]", /must be numbers/],
  ["[1e+]", /must be numbers/],
  ["[+1]", /must be numbers/],
  ["[1,]", /must be numbers/],
  ["[,1]", /must be numbers/],
  ["[1 2]", /comma/],
  ["[1", /comma/],
  ["[", /must be numbers/],
  ["[-", /must be numbers/],
  ["[1e39]", /too large/],
  ["[3.4028236e38]", /too large/],
  ["[1e999]", /too large/],
  ["[[1,2],[3]]", /array of 1 beside one of 2/],
  ["[[1],2]", /arrays beside numbers/],
  ["[1,[2]]", /arrays beside numbers/],
  ["[[1],[[2]]]", /arrays beside numbers/],
  ["[[[1]],[2]]", /numbers beside arrays/],
  ["[[1][2]]", /comma/],
  ["[{}]", /must be numbers/],
  ["1", /must be an array/],
  ["[".repeat(100_000), new RegExp(`deeper than ${MOST_DIMENSIONS}`)],
])("refuses %s", (text, message) => {
  expect(refusal(text)).toMatch(message);
});
