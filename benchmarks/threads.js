// Two threads against one by where the two run, which the host of a virtual machine changes again and again: calls are sorted by what a
// look at the cores before them and one behind them agree on.
//
//   npm run bench:threads [-- --seconds 15]
import { parseArgs } from "node:util";
import { markdownTable } from "markdown-table";
import { lookAtCores } from "./cores.js";
import { needed } from "./needed.js";
import { createBackend } from "./product.js";
import { describeMachine, machine } from "./report.js";
import { loadNative } from "./setup.js";
import { operationsOf } from "./targets/wasm.js";
import { median, ratio, repeated, UNDISTURBED } from "./timing.js";

const { values: options } = parseArgs({ options: { seconds: { type: "string", default: "15" } } });
const seconds = Number(options.seconds);
if (!(seconds > 0)) throw new Error(`--seconds must be a number above 0, is ${options.seconds}`);

const SHAPE = { features: 2048, classes: 1000 };
const NAMES = /** @type {const} */ (["forward", "topK(1)", "lossAndGradient", "backward"]);
const ROWS = [64, 256];
const THREADS = 2;
/** Nanoseconds of calls of each: short against the time that the cores stay where they are. */
const RUN = 2_000_000;
const LOOKS = 100;
const LEAST_ROUNDS = 5;

const native = loadNative();
if (native.reason !== undefined) throw new Error(`no addon of the benchmarks: ${native.reason}`);
const one = createBackend("native", { threads: 1 });
const two = createBackend("native", { threads: THREADS });
const look = () => lookAtCores(native, needed(one.instructionSet, "instruction set"));

/** The most additions a second that a core was seen to make with nothing beside it. */
const whole = Math.max(...Array.from({ length: LOOKS }, () => look().alone));

function state() {
  const { place, together } = look();
  if (place === "one core") return place;
  return `${place}, ${together < UNDISTURBED * whole ? "with others" : "alone"}`;
}

/** @type {Map<string, string[]>} */
const table = new Map();
const titles = NAMES.flatMap((name) => ROWS.map((rows) => `${name}, ${rows}`));
for (const [column, [name, rows]] of NAMES.flatMap((name) =>
  ROWS.map((rows) => /** @type {const} */ ([name, rows])),
).entries()) {
  const run = [one, two].map((backend) => repeated(operationsOf({ ...SHAPE, rows }, backend)[name], RUN));
  /** @type {Map<string, [one: number, two: number][]>} */
  const rounds = new Map();
  const end = performance.now() + seconds * 1000;
  for (let before = state(); performance.now() < end; ) {
    const times = /** @type {[number, number]} */ (run.map((time) => time()));
    const after = state();
    if (after === before) rounds.set(after, [...(rounds.get(after) ?? []), times]);
    before = after;
  }
  for (const [where, times] of rounds) {
    if (times.length < LEAST_ROUNDS) continue;
    const [ofOne, ofTwo] = [0, 1].map((i) => times.map((time) => time[i]));
    const cells = table.get(where) ?? titles.map(() => "");
    cells[column] =
      `${ratio(ofOne, ofTwo).toFixed(2)} (${(median(ofTwo) / 1000).toFixed(0)} µs, ${times.length})`;
    table.set(where, cells);
  }
}
console.log(describeMachine(machine()));
console.log(markdownTable([["cores", ...titles], ...[...table].map(([where, cells]) => [where, ...cells])]));
