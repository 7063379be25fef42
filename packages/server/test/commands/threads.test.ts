import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { FixedClassifier } from "fixed-classifier";
import { expect, test } from "vitest";
import { serve } from "../support/command.js";
import { bytesOf, folderOf, rowsOf } from "../support/models.js";

const canSee = process.platform === "linux" && availableParallelism() > 1;

test.skipIf(!canSee)("a request is computed by one thread, and the log says by which engine", async () => {
  const head = new FixedClassifier({ features: 2048, classes: 1000 });
  const folder = folderOf({ "wide.safetensors": head.toSafetensors() });
  const served = await serve(["--model", join(folder, "wide.safetensors"), "--workers", "0"]);
  expect(await served.said("ready")).toMatchObject({
    models: ["wide/1"],
    engine: expect.stringMatching(/^(native|wasm|js)$/),
    instructionSet: expect.any(String),
  });
  const threads = () => readdirSync(`/proc/${served.process.pid}/task`).length;
  const ask = (rows: number) =>
    fetch(`http://127.0.0.1:${served.ports.REST}/v2/models/wide/infer`, {
      method: "POST",
      body: bytesOf(rowsOf(rows, 2048)),
      headers: { "content-type": "application/octet-stream", "inference-header-content-length": "0" },
    });
  expect((await ask(1)).status).toBe(200);
  const before = threads();
  expect((await ask(256)).status).toBe(200);
  expect(threads()).toBe(before);
});
