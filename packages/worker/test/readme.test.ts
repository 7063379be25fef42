/** What README.md shows is what the Worker does. */
import { expect, test } from "vitest";
import { STATUS } from "../src/problem.js";
import { features, fileOf, rowsOf } from "./support/model.js";
import { bytesOf, FLOAT32, post, useWorker } from "./support/worker.js";

useWorker();

const readme = fileOf("README.md").toString();
const [answer, problem] = [...readme.matchAll(/```json\n(.+?)\n```/gs)].map(([, text = ""]) =>
  JSON.parse(text),
);

test("the line with curl, and its answer", async () => {
  const [, path = "", type = "", file = ""] =
    /curl 'http:[^']+(\/classify[^']*)' -H 'Content-Type: (.+)' --data-binary @(\S+)/.exec(readme) ?? [];
  const response = await post(fileOf(file).toString(), type, path);
  expect(await response.json()).toEqual(answer);
});

test("the example of a problem", async () => {
  const x = rowsOf(3);
  x[2 * features + 17] = Number.NaN;
  expect(await (await post(bytesOf(x), FLOAT32)).json()).toEqual(problem);
});

test("every problem has its name in the row of its status", () => {
  const rows = new Map(
    [...readme.matchAll(/^\| (\d{3}) +\|(.+)\|$/gm)].map(([, status, row]) => [status, row]),
  );
  for (const [code, status] of Object.entries(STATUS))
    expect(rows.get(String(status))).toContain(`\`${code}\``);
  expect(rows.size).toBe(new Set(Object.values(STATUS)).size);
});
