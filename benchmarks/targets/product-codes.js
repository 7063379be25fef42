// Product codes: what gradients cost in forward passes, and a head of a million classes against the memory that it reads.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { label } from "../backends.js";
import { norm, normal } from "../data.js";
import { check, classVector, crossEntropy, largestOf, logit } from "../exact.js";
import { MILLION } from "../memory/shape.js";
import { measureMemory } from "../memory/start.js";
import { needed } from "../needed.js";
import { FixedClassifier } from "../product.js";
import { duration } from "../report.js";
import { byTurns, median, ratio, repeated } from "../timing.js";
import { judge } from "./row.js";

/** @import { Backend, HeadTable } from "../product.js" */
/** @import { NativeSettings, Settings } from "./index.js" */
/** @import { Row } from "./row.js" */

const CODE = { name: /** @type {const} */ ("product"), width: 8 };
const NAME = `${MILLION.features}→${MILLION.classes.toLocaleString("en")} of a product code, width 8`;
const MILLION_BYTES = (MILLION.features / 16) * MILLION.classes;
const BEST = 5;
const PROCESSES = 5;

const TRAINING = { features: 512, classes: 100_000, rows: 64 };
const FORWARDS = 4;

/** @param {Backend} backend */
function trainingOf(backend) {
  const { features, classes, rows } = TRAINING;
  const head = new FixedClassifier({ features, classes, code: CODE, backend });
  needed(head.bias, "bias").set(normal(classes, 2));
  const x = normal(rows * features);
  const labels = Int32Array.from({ length: rows }, (_, r) => (r * 3_701) % classes);
  const gradLogits = normal(rows * classes, 6);
  const logits = new Float32Array(rows * classes);
  const out = { features: new Float32Array(x.length), bias: new Float32Array(classes) };
  const operations = {
    forward: () => head.forward(x, { out: logits }),
    backward: () => head.backward(x, gradLogits, { out }),
    lossAndGradient: () => head.lossAndGradient(x, labels, { out }),
  };

  /** @param {number} r */
  const row = (r) => x.subarray(r * features, (r + 1) * features);
  const largest = largestOf(operations.forward());
  check("forward", logits, (i) => logit(row(Math.floor(i / classes)), head, i % classes), largest);
  const exact = gradientByFeatures(row(0), head, gradLogits);
  const found = operations.backward().features.subarray(0, features);
  check("backward", found, (i) => exact[i], 10 * largestOf(exact));
  const expected = crossEntropy(Float64Array.from(logits), labels, classes);
  const { loss, gradient } = operations.lossAndGradient();
  check("loss", [loss], () => expected.loss, Math.abs(expected.loss));
  check("gradient", needed(gradient.bias, "gradient by the bias"), (c) => expected.gradient[c], 1);
  return operations;
}

/**
 * The gradient of a row by its features, by its definition.
 * @param {Float32Array} x
 * @param {FixedClassifier} head
 * @param {Float32Array} gradLogits
 */
function gradientByFeatures(x, { scale, code: { table }, classes }, gradLogits) {
  const u = new Float64Array(x.length);
  for (let c = 0; c < classes; c++) {
    const vector = classVector(table, c);
    for (let i = 0; i < u.length; i++) u[i] += (gradLogits[c] * vector[i]) / Math.sqrt(u.length);
  }
  const length = norm(x);
  const along = u.reduce((sum, value, i) => sum + value * x[i], 0) / length ** 2;
  return u.map((value, i) => (scale / length) * (value - along * x[i]));
}

/**
 * @param {Settings} settings
 * @returns {Row[]}
 */
function trainingRows({ backends, milliseconds }) {
  const best = backends.find(({ name }) => name === "native");
  if (best === undefined) return [];
  const { forward, ...operations } = trainingOf(best);
  const names = /** @type {(keyof typeof operations)[]} */ (Object.keys(operations));
  const timed = names.map((name) => [name, repeated(operations[name])]);
  const samples = byTurns(Object.fromEntries([["forward", repeated(forward)], ...timed]), 16 * milliseconds);
  const { features, classes, rows } = TRAINING;
  return names.map((name) => ({
    what: `${name} ${features}→${classes.toLocaleString("en")} of a product code, width 8, ${rows} rows, by forward, ${label(best)}`,
    target: `≤ ${FORWARDS.toFixed(2)} of its time`,
    ...judge(ratio(samples[name], samples.forward), { atMost: FORWARDS }),
    measured: `${duration(median(samples[name]))} by ${duration(median(samples.forward))}`,
  }));
}

/** @param {HeadTable} table */
function wordsOf(table) {
  if (table.kind !== "product") throw new Error(`the table is ${table.kind}`);
  return table.packed;
}

/**
 * @param {NativeSettings} settings
 * @returns {Row[]}
 */
function topKRows({ addon, instructionSets, milliseconds }) {
  const head = new FixedClassifier({ ...MILLION, code: CODE, bias: false });
  const x = normal(MILLION.features);
  const found = head.topK(x, BEST);
  const logits = head.forward(x);
  const best = logits.toSorted().subarray(-BEST).toReversed();
  check("forward", logits, (c) => logit(x, head, c), best[0]);
  check("topK", found.scores, (k) => best[k], best[0]);
  check("topK", found.scores, (k) => logit(x, head, found.classes[k]), best[0]);
  const words = wordsOf(head.code.table);
  const samples = byTurns(
    { topK: repeated(() => head.topK(x, BEST)), read: repeated(() => addon.read(instructionSets[0], words)) },
    8 * milliseconds,
  );
  const [topK, read] = [median(samples.topK), median(samples.read)];
  const what = `topK(${BEST}) ${NAME}, 1 row, no bias`;
  return [
    {
      what: `${what}, by reading its ${words.byteLength / 1e6} MB of codes`,
      target: "≤ 1.20 of its time",
      ...judge(ratio(samples.topK, samples.read), { atMost: 1.2 }),
      measured: `${duration(topK)} by ${duration(read)}`,
    },
    {
      what,
      target: "≤ 1.5 ms",
      unit: "ns",
      ...judge(topK, { atMost: 1.5e6 }),
      measured: `${(words.byteLength / topK).toFixed(1)} GB/s of codes`,
    },
  ];
}

/**
 * A head whose vectors are given, as those of a trained one are: of random ones a file has the seed alone.
 * @param {typeof MILLION & { bias: boolean }} shape
 */
function withAssignment(shape) {
  const packed = wordsOf(new FixedClassifier({ ...shape, code: CODE }).code.table);
  return new FixedClassifier({ ...shape, code: { ...CODE, packed } });
}

/** @returns {Promise<Row[]>} */
async function fileRows() {
  const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-"));
  try {
    /** @type {Row[]} */
    const rows = [];
    for (const bias of [false, true]) {
      const files = [16, MILLION.classes].map((classes) => {
        const file = join(folder, `${classes}.safetensors`);
        writeFileSync(file, withAssignment({ ...MILLION, classes, bias }).toSafetensors());
        return file;
      });
      const samples = [];
      for (let i = 0; i < PROCESSES; i++) samples.push(await measureMemory("from-file.js", files));
      const nanoseconds = median(samples.map((sample) => sample.nanoseconds));
      const reading = median(samples.map((sample) => needed(sample.reading, "reading")));
      const bytes = median(samples.map((sample) => sample.bytes));
      const kept = MILLION_BYTES + (bias ? 4 * MILLION.classes : 0);
      const what = `a head ${NAME}, ${bias ? "with" : "no"} bias, from a file`;
      rows.push(
        {
          what,
          target: "≤ 60 ms",
          unit: "ns",
          ...judge(nanoseconds, { atMost: 60e6 }),
          measured: `${duration(reading)} of it reading the file; a first topK(1) too`,
        },
        {
          what: `${what}, resident memory by its codes${bias ? " and bias" : ""}`,
          target: "≤ 1.10 of theirs",
          ...judge(bytes / kept, { atMost: 1.1 }),
          measured: `${(bytes / 1e6).toFixed(1)} MB by ${(kept / 1e6).toFixed(1)} MB`,
        },
      );
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {Settings} settings
 * @returns {Promise<Row[]>}
 */
export async function productRows(settings) {
  const { addon } = settings.native;
  const native = addon !== undefined && settings.instructionSets.length > 0;
  return [
    ...trainingRows(settings),
    ...(native ? topKRows({ ...settings, addon }) : []),
    ...(await fileRows()),
  ];
}
