import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Inputs } from "../../src/data/dataset.js";
import { createEngine } from "../../src/engine/index.js";
import { prepare } from "../../src/methods/prepare.js";
import { methodSettings } from "../../src/methods/settings.js";
import { resolveTrainOptions } from "../../src/options/train.js";
import type { RowSource } from "../../src/training/rows.js";
import { Run } from "../../src/training/run.js";
import { trainGroup } from "../../src/training/train-group.js";
import { openTrained } from "../../src/training/trained.js";
import { bytes, data, plain, setUp, train as trainTo } from "../support/spots.js";

const folder = mkdtempSync(join(tmpdir(), "lab-methods-"));
afterAll(() => rmSync(folder, { recursive: true }));
const engine = await createEngine();

const train = (set: Parameters<typeof trainTo>[0], name: string, stops: readonly number[]) =>
  trainTo(set, { engine, out: join(folder, name) }, stops);

test.each<[flags: Record<string, unknown>, files: string[]]>([
  [{ average: "pswa:3", norm: "batch" }, ["averaged-best", "averaged-last"]],
  [{ average: "pwalks:3,4" }, ["averaged-best", "averaged-last"]],
  [{ average: "pswm:3,0.5", norm: "mimic" }, ["averaged-best", "averaged-last"]],
  [{ average: "swa:0.3", norm: "batch" }, ["averaged-best", "averaged-last"]],
  [{ average: "lookahead" }, ["averaged-best", "averaged-last"]],
  [{ jem: true, "jem-steps": "3", "jem-buffer": "30", norm: "frn" }, []],
  [{ "ood-classes": "d", "energy-tune": "2", "energy-classes": "b", "energy-margins": "-9,-1" }, ["tuned"]],
])("%j goes on bit for bit from any step", async (flags, files) => {
  for (const head of ["hadamard", "learned"]) {
    const name = `${JSON.stringify(flags).replace(/\W/g, "")}${head}`;
    const whole = await train(setUp(flags, head), `${name}-whole`, []);
    const broken = await train(setUp(flags, head), `${name}-broken`, [1, 5, 6, 8, 13]);
    expect(plain(broken.result)).toEqual(plain(whole.result));
    for (const file of ["best", "last", ...files])
      expect(bytes(broken.out, file)).toBe(bytes(whole.out, file));
    expect(whole.result.status).toBe("done");
    expect(whole.result.methods).toBeDefined();
  }
});

test("both weights are evaluated, and what goes on from the average trains on from it", async () => {
  const average = await train(setUp({ average: "pswa:3", epochs: "2" }), "both", []);
  const alone = await train(setUp({ epochs: "2" }), "alone", []);
  expect(alone.result.methods).toBeUndefined();
  const averaged = average.result.methods?.averaged;
  expect(averaged?.name).toBe("pswa:3");
  expect(averaged?.last.epoch).toBe(2);
  expect(averaged?.last.test.rows).toBe(64);
  expect(average.result.last?.test.nll).not.toBe(averaged?.last.test.nll);
  // Up to the first average it is the same training.
  expect(average.result.epochs[0].validationLoss).toBe(alone.result.epochs[0].validationLoss);
  expect(average.result.epochs[1].trainLoss).not.toBe(alone.result.epochs[1].trainLoss);
});

test("each file of weights has the temperature that was found for it", async () => {
  const flags = {
    average: "pswa:3",
    "ood-classes": "d",
    "energy-classes": "c",
    "energy-tune": "1",
    "energy-margins": "-9,-1",
  };
  const { result, out } = await train(setUp(flags), "temperatures", []);
  writeFileSync(join(out, "result.json"), JSON.stringify(result));
  const averaged = result.methods?.averaged;
  const tuned = result.methods?.tuned;
  for (const [name, scores] of [
    ["best", result.best?.test],
    ["last", result.last?.test],
    ["averaged-best", averaged?.best.test],
    ["averaged-last", averaged?.last.test],
    ["tuned", tuned?.failure === null ? tuned.test : undefined],
  ] as const) {
    const trained = await openTrained(join(out, `${name}.safetensors`), engine);
    expect(scores, name).toBeDefined();
    expect(trained.temperature).toBe(scores?.temperature);
    await trained.model.release();
  }
});

test("runs of one group get the batches they get alone, averages in between or not", async () => {
  const flags = { average: "swa:0", norm: "batch" };
  const group = setUp(flags);
  const create = async (head: string, name: string) =>
    Run.create(setUp(flags, head).settings, { source: group.source, engine, folder: join(folder, name) });
  const runs = [await create("hadamard", "g1"), await create("learned", "g2")];
  const watcher = { onStep: () => {}, onEpoch: () => {} };
  expect(await trainGroup(runs, group.source, 1e6, watcher, () => false)).toBe(true);
  const alone = await train(setUp(flags, "learned"), "g3", []);
  expect(plain(await runs[1].finish())).toEqual(plain(alone.result));
  for (const run of runs) await run.release();
});

test("held-out classes are measured, and measured again after fine-tuning", async () => {
  const flags = {
    "ood-classes": "d",
    "energy-tune": "4",
    "energy-classes": "c",
    epochs: "6",
    "energy-margins": "-9,-1",
  };
  const { result } = await train(setUp(flags, "learned"), "ood", []);
  const [ood] = result.methods?.ood ?? [];
  expect(ood).toMatchObject({ name: "d", rows: { inside: 32, outside: 16 } });
  const tuned = result.methods?.tuned;
  if (tuned?.failure !== null) throw new Error(`fine-tuning failed: ${tuned?.failure}`);
  expect(tuned.margins).toEqual({ inside: -9, outside: -1 });
  expect(tuned.test.rows).toBe(32);
  expect(tuned.ood[0].meanEnergy).not.toEqual(ood.meanEnergy);
});

test("samples are told as pictures, and a run that runs away keeps its checkpoint and fails alone", async () => {
  const flags = { jem: true, "jem-steps": "2", "jem-buffer": "30", epochs: "1" };
  const { result } = await train(setUp(flags), "jem", []);
  expect(result.methods?.density?.pictures).toMatch(/^data:image\/png;base64,/);
  expect(result.methods?.density?.energies.sample).not.toBe(0);
  const wild = await train(
    setUp({ ...flags, lr: "90", optimizer: "sgd", epochs: "3" }, "learned"),
    "wild",
    [1],
  );
  expect(wild.result).toMatchObject({ status: "failed", best: null, last: null });
  expect(wild.result.failure).toMatch(/in step \d+ of epoch \d+ energies of images and of samples/);
  expect(existsSync(join(folder, "wild", "checkpoint.safetensors"))).toBe(true);
});

test("Mapper's columns take the place of the inputs, come back from their file, and change the hash", () => {
  const options = resolveTrainOptions({ features: "mapper", "mapper-intervals": "3", "ood-classes": "d" });
  const { dataset, others, view } = prepare(data, options, null);
  expect(dataset.hash).not.toBe(data.hash);
  const columns = view?.features.columns.length ?? 0;
  expect(columns).toBeGreaterThan(1);
  expect(dataset.train.inputs.shape).toEqual([columns]);
  expect(dataset.layout).toMatchObject({
    shape: [1, 6, 6],
    classes: ["a", "b", "c"],
    labels: ["0", "1", "2"],
  });
  expect(others.sets[0].part.inputs.shape).toEqual([columns]);
  expect(dataset.notes.at(-1)).toBe(`Mapper found ${columns} clusters, which are the columns of the inputs.`);
});

test.each(["mapper", "inputs+mapper"])(
  "a model of %s looks at new rows as it looked at those it learned from",
  async (features) => {
    const { settings, source } = setUp({ features, "mapper-intervals": "3" });
    const { out } = await train({ settings, source }, features, []);
    const trained = await openTrained(out, engine);
    const inputs = trained.view(data.test.inputs);
    expect(inputs.shape).toEqual(source.shape);
    const read = (from: Inputs) => {
      const values = new Float32Array(64 * source.shape[0]);
      from.gather([...data.test.labels.keys()], values);
      return values;
    };
    const [own] = source.test();
    expect(read(inputs)).toEqual(own.inputs);
    await trained.model.release();
  },
);

test.each<[flags: Record<string, unknown>, message: RegExp]>([
  [{ energy: true }, /--energy tells others from the classes: name them by --ood-classes or --ood/],
  [{ "energy-tune": "2" }, /--energy-tune learns from rows of no class/],
  [{ "energy-classes": "a" }, /say for how many epochs by --energy-tune/],
  [{ jem: true, features: "mapper" }, /leave out one of the two/],
])("%j is refused", (flags, message) => {
  expect(() => methodSettings(resolveTrainOptions(flags))).toThrow(message);
});

test("a class is held out for one purpose", () => {
  const options = resolveTrainOptions({ "ood-classes": "a", "energy-classes": "a", "energy-tune": "1" });
  expect(() => prepare(data, options, null)).toThrow(/"a" is among --ood-classes and --energy-classes/);
});

test("a density is of pictures", async () => {
  const { settings, source } = setUp({ jem: true });
  const { shape: _, ...spec } = settings.spec;
  const flat = { ...settings, spec: { ...spec, shape: [36] } };
  const rows = Object.assign(Object.create(source) as RowSource, { shape: [36] });
  await expect(Run.create(flat, { source: rows, engine, folder: join(folder, "flat") })).rejects.toThrow(
    /--jem draws pictures, from noise of 0 to 1; a row here is 36 numbers: leave it out/,
  );
});
