/** What `bench` measures: whole steps of training, and the head's part of a step. */
import type { Engine } from "../engine/index.js";
import { createHead } from "../heads/index.js";
import { Random } from "../random.js";
import { createOptimizer } from "../training/optimizers/index.js";
import { createTrunk } from "../trunks/index.js";

export interface BenchCase {
  readonly name: string;
  readonly about: string;
  prepare(engine: Engine): Promise<Prepared>;
}

export interface Prepared {
  step(): Promise<void>;
  release(): Promise<void>;
}

const RATE = 1e-3;

interface Whole {
  readonly trunk: string;
  readonly inputShape: readonly number[];
  /** Of a text columns. */
  readonly batch: number;
  readonly classes: number;
  /** Of a text, whose words are the classes: how many of a column a step reads. */
  readonly steps?: number;
}

/** Forward, loss, backward and Adam, the head being a learned one. */
function whole({ trunk: spec, inputShape, batch, classes, steps }: Whole): BenchCase {
  const on = steps === undefined ? `on ${inputShape.join("×")}` : `that reads ${steps} words at once`;
  const rows = batch * (steps ?? 1);
  return {
    name: spec,
    about: `a step of ${spec} ${on}, ${classes.toLocaleString("en")} classes, ${rows} rows, learned head, Adam`,
    async prepare(engine) {
      const text = steps === undefined ? {} : { steps, vocabulary: classes };
      const trunk = await createTrunk(spec, { engine, inputShape, batch, evaluated: 1, seed: 1, ...text });
      const head = await createHead("learned", { features: trunk.features, classes, rows }, 1, engine);
      const optimizer = createOptimizer("adam", [...trunk.parameters, ...head.parameters]);
      const random = new Random(1, "bench");
      const size = inputShape.reduce((product, length) => product * length, rows);
      const inputs =
        steps === undefined ? random.uniforms(size, 1) : Float32Array.from(labelsOf(rows, classes, random));
      const labels = labelsOf(rows, classes, random);
      return {
        async step() {
          const { gradient } = await head.step(await trunk.forward(inputs, random), labels);
          await trunk.backward(gradient);
          optimizer.step(RATE);
        },
        async release() {
          await trunk.release();
          await head.release();
        },
      };
    },
  };
}

const labelsOf = (rows: number, classes: number, random: Random): Int32Array =>
  Int32Array.from({ length: rows }, () => random.integer(classes));

/** Loss, gradients by features and parameters, and Adam. */
function headOnly(head: string, features: number, classes: number, batch: number): BenchCase {
  return {
    name: `head ${head}`,
    about: `the head's part of a step: ${head}, ${features} features, ${classes.toLocaleString("en")} classes, ${batch} rows, Adam`,
    async prepare(engine) {
      const last = await createHead(head, { features, classes, rows: batch }, 1, engine);
      const optimizer = createOptimizer("adam", last.parameters);
      const random = new Random(1, "bench");
      const inputs = random.normals(batch * features);
      const labels = labelsOf(batch, classes, random);
      return {
        async step() {
          await last.step(inputs, labels);
          optimizer.step(RATE);
        },
        release: () => last.release(),
      };
    },
  };
}

export const CASES: readonly BenchCase[] = [
  whole({ trunk: "mlp:512,512", inputShape: [784], batch: 128, classes: 10 }),
  whole({ trunk: "conv:32,64,64", inputShape: [1, 28, 28], batch: 128, classes: 10 }),
  whole({ trunk: "lstm:256", inputShape: [], batch: 32, classes: 10_000, steps: 32 }),
  ...["learned", "cosine", "hadamard", "product:8"].map((head) => headOnly(head, 512, 10_000, 64)),
];
