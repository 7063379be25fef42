// Two threads against one, for a batch that is cut in two, in Node.js or in a page that is isolated from other origins. Each has its own
// instance of the module. The quickest of many calls counts: on two cores anything else that runs stops one of the two.
import { call, newControl, SLEEPS, STARTED, untilDone } from "./control.js";
import { arraysOf, buffersOf, operationsOf, rowsOf } from "./operations.js";

/** @import { Api, Arrays, Shape } from "./operations.js" */
/**
 * @typedef {object} Thread a worker of Node.js or of a page
 * @property {(message: object, transfer?: any[]) => void} post
 * @property {(take: (message: any) => void) => void} take what is called with the next messages
 * @property {() => void} end
 */
/** @typedef {{ api: Api, url: string, start: () => Thread }} Host */
/**
 * @typedef {object} Contender
 * @property {() => unknown} prepare what is not timed
 * @property {() => void | Promise<void>} run
 * @property {Arrays} [result]
 */
/** @typedef {Record<"one" | Way, Contender>} Contenders */
/** @typedef {"shared" | "staged" | "asleep" | "messages" | "own" | "workers"} Way */
/** @typedef {{ what: string, one: number } & Record<Way, number>} Row milliseconds of one thread, and how many times as fast two are */

/** @type {[Shape, ...number[]][]} */
const CASES = [
  [{ operation: "forward", features: 2048, classes: 1000 }, 64, 512, 4096],
  [{ operation: "forward", features: 512, classes: 100_000 }, 64],
  [{ operation: "topK(5)", features: 2048, classes: 1000 }, 64, 512],
  [{ operation: "topK(5)", features: 512, classes: 100_000 }, 64],
  [{ operation: "lossAndGradient", features: 2048, classes: 1000 }, 64, 512, 4096],
  [{ operation: "lossAndGradient", features: 512, classes: 100_000 }, 64],
  [{ operation: "fwht", features: 1024, classes: 0 }, 64, 512, 4096],
];

/** Milliseconds: engines compile for speed on another thread, while what is called goes on as it is. */
const UNTIL_COMPILED = 700;
const LEAST_ROUNDS = 9;
/**
 * Two threads that have nothing to do with each other are so many times as fast as one, at least, where two cores are idle. Until that was seen,
 * measuring goes on for up to so many times as long.
 */
const IDLE = 1.85;
const PATIENCE = 5;
/** The calls that the other thread knows, by their numbers. */
const [STAGED, SHARED, OWN] = [0, 1, 2];
/** Those for which it looks at its word of memory all the time. */
const AWAKE = ["shared", "staged", "own"];
/** Batches that are in the hands of each of two workers. */
const IN_FLIGHT = 2;
const BATCHES = 8;

/** @param {number} bytes */
const shared = (bytes) => new SharedArrayBuffer(bytes);
/** @param {number} bytes */
const own = (bytes) => new ArrayBuffer(bytes);

/**
 * @param {Host} host
 * @param {number} seconds a row
 * @param {string} only operations whose names begin so
 * @param {(row: Row) => void} take is given each row as it comes
 */
export async function measureCases(host, seconds, only, take) {
  for (const [shape, ...counts] of CASES.filter(([{ operation }]) => operation.startsWith(only))) {
    for (const rows of counts) take(await measureCase(host, shape, rows, seconds * 1000));
  }
}

/**
 * @param {Host} host
 * @param {Shape} shape
 * @param {number} rows
 * @param {number} milliseconds
 * @returns {Promise<Row>}
 */
async function measureCase(host, shape, rows, milliseconds) {
  const half = rows / 2;
  const run = operationsOf(host.api)(shape);
  const source = Float32Array.from({ length: rows * shape.features }, (_, i) => Math.sin(i * 0.7) + 0.1);
  const staging = arraysOf(shape, half, shared);
  const common = arraysOf(shape, rows, shared);
  const otherHalf = { ...rowsOf(shape, common, half, rows), bias: staging.bias };
  const control = newControl();
  const partner = host.start();
  // Arrays that are not shared are copied once, and are then the other thread's own.
  const calls = [staging, otherHalf, arraysOf(shape, rows, own)].map((arrays) => ({ shape, arrays }));
  calls[OWN].arrays.x.set(source);
  partner.post({ api: host.url, control, calls });
  while (Atomics.load(control, STARTED) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const workers = await Promise.all([startWorker(host), startWorker(host)]);

  /** @type {(run: (arrays: Arrays) => void | Promise<void>, arrays?: Arrays) => Contender} */
  const contender = (run, arrays = arraysOf(shape, rows, own)) => {
    arrays.labels.forEach((_, r, labels) => {
      labels[r] = (r * 37) % shape.classes;
    });
    // A program has just written the features, and reads the results.
    const prepare = () => {
      arrays.x.set(source);
      return readThrough(arrays.out);
    };
    return { prepare, run: () => run(arrays), result: arrays };
  };
  /** @type {(arrays: Arrays) => void} */
  const staged = (arrays) => {
    const second = rowsOf(shape, arrays, half, rows);
    staging.x.set(second.x);
    staging.labels.set(second.labels);
    call(control, STAGED);
    run(rowsOf(shape, arrays, 0, half));
    untilDone(control);
    second.out.set(staging.out);
    addTo(arrays.bias, staging.bias);
  };
  const byMessages = async (/** @type {Arrays} */ arrays) => {
    const second = rowsOf(shape, arrays, half, rows);
    const answer = ask(workers[0], shape, copyOf(second));
    run(rowsOf(shape, arrays, 0, half));
    const { out, bias } = await answer;
    second.out.set(out);
    addTo(arrays.bias, bias);
  };
  /** @type {Arrays[]} */
  let batches = [];
  const model = contender(() => {}).result;
  /** @type {Contenders} */
  const contenders = {
    one: contender(run),
    shared: contender((arrays) => {
      call(control, SHARED);
      run(rowsOf(shape, arrays, 0, half));
      untilDone(control);
      addTo(arrays.bias, staging.bias);
    }, common),
    staged: contender(staged),
    asleep: contender(staged),
    messages: contender(byMessages),
    own: contender((arrays) => {
      call(control, OWN);
      run(arrays);
      untilDone(control);
    }),
    workers: {
      prepare() {
        batches = Array.from({ length: BATCHES }, () => copyOf(/** @type {Arrays} */ (model)));
        for (const { x } of batches) x.set(source);
      },
      async run() {
        let next = 0;
        const lane = async (/** @type {Thread} */ worker) => {
          while (next < batches.length) await ask(worker, shape, batches[next++]);
        };
        await Promise.all(workers.flatMap((worker) => Array.from({ length: IN_FLIGHT }, () => lane(worker))));
      },
    },
  };
  const times = await quickest(contenders, milliseconds, (name) =>
    Atomics.store(control, SLEEPS, AWAKE.includes(name) ? 0 : 1),
  );
  times.own /= 2;
  times.workers /= BATCHES;
  for (const { result } of Object.values(contenders)) checkSame(contenders.one.result, result);
  for (const thread of [partner, ...workers]) thread.end();
  const { one } = times;
  const { operation, features, classes } = shape;
  return {
    what: `${operation} ${features}${classes > 0 ? `→${classes.toLocaleString("en")}` : ""}, ${rows} rows`,
    one,
    shared: one / times.shared,
    staged: one / times.staged,
    asleep: one / times.asleep,
    messages: one / times.messages,
    own: one / times.own,
    workers: one / times.workers,
  };
}

/**
 * Milliseconds of each.
 * @param {Contenders} contenders
 * @param {number} milliseconds for all of them
 * @param {(name: string) => void} before
 */
async function quickest(contenders, milliseconds, before) {
  const start = performance.now();
  const spent = () => performance.now() - start;
  const names = /** @type {(keyof Contenders)[]} */ (Object.keys(contenders));
  const times = { one: 0, shared: 0, staged: 0, asleep: 0, messages: 0, own: 0, workers: 0 };
  const isBusy = () => (2 * times.one) / times.own < IDLE;
  const goesOn = () => spent() < UNTIL_COMPILED + milliseconds * (isBusy() ? PATIENCE : 1);
  for (let round = 0; round < LEAST_ROUNDS || goesOn(); ) {
    const isCompiled = spent() > UNTIL_COMPILED;
    for (const name of names) {
      const { prepare, run } = contenders[name];
      before(name);
      // One before the time: the other thread is then awake where it may be, and caches have what they have between two calls.
      for (const isTimed of [false, true]) {
        prepare();
        const begin = performance.now();
        const running = run();
        if (running !== undefined) await running;
        const time = performance.now() - begin;
        if (isTimed && isCompiled) times[name] = Math.min(time, times[name] || time);
      }
    }
    if (isCompiled) round++;
  }
  return times;
}

/** @param {Host} host */
async function startWorker({ start, url }) {
  const worker = start();
  await /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      worker.take(() => resolve());
      worker.post({ api: url });
    })
  );
  /** @type {((arrays: Arrays) => void)[]} */
  const waiting = [];
  worker.take((arrays) => waiting.shift()?.(arrays));
  return { ...worker, waiting };
}

/**
 * @param {Thread & { waiting?: ((arrays: Arrays) => void)[] }} worker
 * @param {Shape} shape
 * @param {Arrays} arrays which go to the worker and come back
 * @returns {Promise<Arrays>}
 */
const ask = (worker, shape, arrays) =>
  new Promise((resolve) => {
    worker.waiting?.push(resolve);
    worker.post({ shape, arrays }, buffersOf(arrays));
  });

/** @param {Arrays} arrays */
function copyOf({ x, out, labels, bias }) {
  const copy = x.slice();
  return {
    x: copy,
    out: out === x ? copy : new Float32Array(out.length),
    labels: labels.slice(),
    bias: new Float32Array(bias.length),
  };
}

/**
 * @param {Float32Array} sums
 * @param {Float32Array} values
 */
function addTo(sums, values) {
  for (let i = 0; i < sums.length; i++) sums[i] += values[i];
}

/** @param {Float32Array} values */
function readThrough(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i += 16) sum += values[i];
  return sum;
}

/**
 * @param {Arrays | undefined} expected
 * @param {Arrays | undefined} got
 */
function checkSame(expected, got) {
  if (expected === undefined || got === undefined) return;
  const differs = expected.out.findIndex((value, i) => value !== got.out[i]);
  if (differs >= 0)
    throw new Error(`result ${differs} is ${got.out[differs]}, by one thread ${expected.out[differs]}`);
}
