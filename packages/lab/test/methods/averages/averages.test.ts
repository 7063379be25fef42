import { describe, expect, test } from "vitest";
import { type Average, averageNames, parseAverage } from "../../../src/methods/averages/index.js";
import { Random } from "../../../src/random.js";
import { type Parameter, parameter } from "../../../src/training/parameter.js";

const EPOCHS = 4;
const STEPS = 7;

/** Two parameters that walk at random, as training would move them. */
class Walk {
  readonly parameters: readonly Parameter[] = [
    parameter("trunk.weights", [2, 3], new Random(1).normals(6)),
    parameter("head.scale", [1], Float32Array.of(3)),
  ];

  move(step: number): void {
    const random = new Random(2, step);
    for (const { value } of this.parameters) {
      const by = random.normals(value.length, 0.1);
      for (let i = 0; i < value.length; i++) value[i] += by[i];
    }
  }

  get weights(): number[] {
    return this.parameters.flatMap(({ value }) => [...value]);
  }
}

/** Steps from the one to before the other, with the averages at the ends of epochs. */
function train(walk: Walk, average: Average, from: number, to: number, onEpoch: () => void = () => {}) {
  for (let step = from; step < to; step++) {
    walk.move(step);
    average.afterStep({ epoch: Math.floor(step / STEPS), step: step % STEPS, stepsAnEpoch: STEPS });
    if (step % STEPS < STEPS - 1) continue;
    average.afterEpoch(Math.floor(step / STEPS));
    onEpoch();
  }
}

function start(option: string) {
  const walk = new Walk();
  return { walk, average: parseAverage(option)({ parameters: walk.parameters, epochs: EPOCHS }) };
}

const flat = (average: Average): number[] | null => {
  const map = average.averaged();
  return map && [...map.values()].flatMap((values) => [...values]);
};

/** The same in float64, from the definition: what is written to weights, and what is evaluated, at the end of each epoch. */
type Definition = (samples: number[][], epochs: number[][], now: number[]) => number[] | null;

const mean = (rows: number[][]): number[] =>
  rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);

function reference(samplesAnEpoch: number[], definition: Definition, goesOn: boolean) {
  const walk = new Walk();
  const samples: number[][] = [];
  const ends: number[][] = [];
  const averages: (number[] | null)[] = [];
  for (let step = 0; step < EPOCHS * STEPS; step++) {
    walk.move(step);
    if (samplesAnEpoch.includes(step % STEPS)) samples.push(walk.weights);
    if (step % STEPS < STEPS - 1) continue;
    ends.push(walk.weights);
    const found = definition(samples, ends, walk.weights);
    averages.push(found);
    if (!goesOn || found === null) continue;
    let at = 0;
    for (const { value } of walk.parameters) {
      value.set(found.slice(at, at + value.length));
      at += value.length;
    }
  }
  return averages;
}

function moving(samples: number[][], momentum: number): number[] {
  const [first, ...rest] = samples;
  return rest.reduce(
    (now, sample) => now.map((w, i) => momentum * w + (1 - momentum) * sample[i]),
    [...first],
  );
}

// Three samples of seven steps are after the third, the fifth and the seventh.
const THREE = [2, 4, 6];
const cases: [option: string, at: number[], definition: Definition, goesOn: boolean][] = [
  ["pswa:3", THREE, (samples) => mean(samples.slice(-3)), true],
  ["pswa:100", [0, 1, 2, 3, 4, 5, 6], (samples) => mean(samples.slice(-7)), true],
  ["pwalks:3,2", THREE, (samples) => mean(samples.slice(-2)), true],
  ["pwalks:3,5", THREE, (samples) => mean(samples.slice(-5)), true],
  ["pswm:3,0.75", THREE, (samples) => moving(samples, 0.75), true],
  ["swa:0.5", [], (_, ends) => (ends.length < 3 ? null : mean(ends.slice(2))), false],
  ["swa:0.99", [], (_, ends) => (ends.length < 4 ? null : ends[3]), false],
];

for (const [option, at, definition, goesOn] of cases) {
  test(`${option} is what its definition says, epoch by epoch`, () => {
    const { walk, average } = start(option);
    const expected = reference(at, definition, goesOn);
    const found: (number[] | null)[] = [];
    train(walk, average, 0, EPOCHS * STEPS, () => {
      found.push(flat(average));
      if (goesOn) expect(walk.weights).toEqual(flat(average));
    });
    expect(found.length).toBe(EPOCHS);
    found.forEach((weights, epoch) => {
      expect(weights === null).toBe(expected[epoch] === null);
      expect(weights?.length).toBe(expected[epoch]?.length);
      weights?.forEach((w, i) => {
        expect(w).toBeCloseTo(expected[epoch]?.[i] ?? Number.NaN, 5);
      });
    });
  });
}

test("lookahead goes back half of the way after every five steps, across epochs", () => {
  const { walk, average } = start("lookahead");
  const other = new Walk();
  let slow = other.weights;
  for (let step = 0; step < 2 * STEPS; step++) {
    train(walk, average, step, step + 1);
    other.move(step);
    if ((step + 1) % 5 === 0) {
      slow = slow.map((w, i) => w + 0.5 * (other.weights[i] - w));
      let at = 0;
      for (const { value } of other.parameters) {
        value.set(slow.slice(at, at + value.length));
        at += value.length;
      }
    }
    walk.weights.forEach((w, i) => {
      expect(w).toBeCloseTo(other.weights[i], 5);
    });
    flat(average)?.forEach((w, i) => {
      expect(w).toBeCloseTo(slow[i], 5);
    });
  }
});

describe("whatever the average", () => {
  test.each(averageNames)("%s goes on bit for bit from its state, after any step", (name) => {
    const option = name === "pwalks" ? "pwalks:3,4" : name === "pswa" ? "pswa:3" : name;
    const whole = start(option);
    train(whole.walk, whole.average, 0, EPOCHS * STEPS);
    for (let stop = 1; stop < EPOCHS * STEPS; stop++) {
      const first = start(option);
      train(first.walk, first.average, 0, stop);
      const second = start(option);
      first.walk.parameters.forEach(({ value }, k) => {
        second.walk.parameters[k].value.set(value);
      });
      const kept = new Map(first.average.state().map(({ name, value }) => [name, value.slice()]));
      expect(kept.size).toBe(first.average.state().length);
      for (const { name, value } of second.average.state()) value.set(kept.get(name) ?? []);
      train(second.walk, second.average, stop, EPOCHS * STEPS);
      expect(second.walk.weights).toEqual(whole.walk.weights);
      expect(flat(second.average)).toEqual(flat(whole.average));
    }
  });

  test.each(averageNames)("%s names its averages as the parameters are named, in shapes that fit", (name) => {
    const { walk, average } = start(name);
    train(walk, average, 0, EPOCHS * STEPS);
    const averaged = average.averaged();
    expect([...(averaged?.keys() ?? [])]).toEqual(walk.parameters.map((parameter) => parameter.name));
    for (const { name, shape, value } of average.state()) {
      expect(name).toMatch(/^average\./);
      expect(value.length).toBe(shape.reduce((product, size) => product * size, 1));
    }
  });
});

test.each([
  ["ema", /"ema" is no average: choose pswa, pwalks, pswm, swa, lookahead/],
  ["constructor", /"constructor" is no average/],
  ["pswa:0", /samples an epoch is a whole number from 1, not "0"/],
  ["pswa:2.5", /samples an epoch is a whole number from 1, not "2.5"/],
  ["pswa:3,4", /pswa has one setting: pswa:10 \(samples an epoch\)/],
  ["pwalks:3,", /samples kept is a whole number from 1, not ""/],
  ["pswm:3,1", /momentum is a number from 0 to below 1, not "1"/],
  ["swa:last", /start is a number from 0 to below 1, not "last"/],
  ["lookahead:5,0.5,1", /lookahead has 2 settings/],
])("--average %s is refused", (option, message) => {
  expect(() => parseAverage(option)).toThrow(message);
});
