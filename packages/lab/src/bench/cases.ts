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

/** Forward, loss, backward and Adam. */
function whole(
  spec: string,
  inputShape: readonly number[],
  { head = "learned", classes = 10, batch = 128 } = {},
): BenchCase {
  return {
    name: spec,
    about: `a step of ${spec} on ${inputShape.join("×")}, ${head} head of ${classes.toLocaleString("en")} classes, ${batch} rows, Adam`,
    async prepare(engine) {
      const trunk = await createTrunk(spec, { engine, inputShape, batch, evaluated: 1, seed: 1 });
      const shape = { features: trunk.features, classes, rows: batch };
      const last = await createHead(head, shape, 1, engine);
      const optimizer = createOptimizer("adam", [...trunk.parameters, ...last.parameters]);
      const random = new Random(1, "bench");
      const size = inputShape.reduce((product, length) => product * length, 1);
      const inputs = random.uniforms(batch * size, 1);
      const labels = Int32Array.from({ length: batch }, () => random.integer(classes));
      return {
        async step() {
          const { gradient } = await last.step(await trunk.forward(inputs, random), labels);
          await trunk.backward(gradient);
          optimizer.step(RATE);
        },
        async release() {
          await trunk.release();
          await last.release();
        },
      };
    },
  };
}

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
      const labels = Int32Array.from({ length: batch }, () => random.integer(classes));
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
  whole("mlp:512,512", [784]),
  whole("conv:32,64,64", [1, 28, 28]),
  ...["learned", "cosine", "hadamard", "product:8"].map((head) => headOnly(head, 512, 10_000, 64)),
];
