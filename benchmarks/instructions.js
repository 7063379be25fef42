// Why WebAssembly takes as many times as long as AVX-512: the instructions that a row takes on both, stepped through one by one as the engine and
// the compiler made them, what a core needs for these at least, and what was measured.
//
//   npm run bench:instructions        # Linux on x64, with objdump and a C compiler
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markdownTable } from "markdown-table";
import { bound, CLASSES, classify, noCounts } from "./instructions/classes.js";
import { createBackend } from "./product.js";
import { compiled, operationsOf } from "./targets/wasm.js";
import { byTurns, median, repeated } from "./timing.js";

/** @import { Counts } from "./instructions/classes.js" */

const ALL = [
  "forward",
  "topK(5)",
  "probabilities",
  "logSumExp",
  "backward",
  "lossAndGradient",
  "rotation.apply",
];
/** Rows that are stepped through and that are timed; of many classes one is enough. */
const SHAPES = [
  { features: 2048, classes: 1000, rows: 8, timed: 64, names: ALL },
  { features: 1280, classes: 1000, rows: 8, timed: 64, names: ALL },
  { features: 512, classes: 100_000, rows: 1, timed: 1, names: ["forward", "topK(5)"] },
];
/** Bytes from one instruction to the next in the file that is disassembled: what follows one never reaches the next. */
const SLOT = 32;
const NO_OPERATION = 0x90;
const MILLISECONDS = 500;
const AGREEMENT = 0.03;

if (process.platform !== "linux" || process.arch !== "x64") {
  throw new Error(`steps.c is for Linux on x64, this is ${process.platform} on ${process.arch}`);
}
const folder = mkdtempSync(join(tmpdir(), "instructions-"));
const local = (/** @type {string} */ name) => new URL(`instructions/${name}`, import.meta.url).pathname;

/**
 * @param {string[]} call a backend, an operation and a shape, as child.js takes them
 * @param {number} tries for on a busy machine a signal may come when its thread is not the one that is stepped through
 */
function step(call, tries = 4) {
  const child = [process.execPath, "--no-liftoff", local("child.js"), ...call];
  const { status, stdout } = spawnSync(join(folder, "steps"), child, { maxBuffer: 2 ** 28 });
  if (status !== 0 || stdout.length === 0) {
    if (tries > 1) return step(call, tries - 1);
    throw new Error(`${call.join(" ")} cannot be stepped through: ptrace may be forbidden here`);
  }
  const lines = stdout.toString().trim().split("\n");
  const reached = lines.map((line) => {
    const [, count, bytes] = line.split(" ");
    return { count: Number(count), bytes: Buffer.from(bytes, "hex") };
  });
  const code = Buffer.alloc(reached.length * SLOT, NO_OPERATION);
  for (const [i, { bytes }] of reached.entries()) bytes.copy(code, i * SLOT);
  const file = join(folder, "code");
  writeFileSync(file, code);
  const options = ["-D", "-b", "binary", "-m", "i386:x86-64", "-M", "intel", "--no-show-raw-insn", file];
  const text = execFileSync("objdump", options, { maxBuffer: 2 ** 28 }).toString();
  const counts = noCounts();
  for (const [, address, instruction] of text.matchAll(/^ *([0-9a-f]+):\t(.*)$/gm)) {
    const at = Number.parseInt(address, 16);
    if (at % SLOT === 0) classify(instruction, reached[at / SLOT].count, call[0] === "wasm", counts);
  }
  return counts;
}

/**
 * Counts that two runs agree on: on a busy machine one may begin late.
 * @param {string[]} call
 */
function countsOf(call) {
  for (let before = step(call); ; ) {
    const counts = step(call);
    if (Math.abs(counts.all - before.all) < AGREEMENT * counts.all) return counts;
    before = counts;
  }
}

try {
  execFileSync("cc", ["-O2", local("steps.c"), "-o", join(folder, "steps")], { stdio: "inherit" });
  const backends = { wasm: createBackend("wasm"), native: createBackend("native", { threads: 1 }) };
  const head = ["a row of", "on", ...CLASSES, "cycles at least", "by their bounds", "measured"];
  const lines = SHAPES.flatMap(({ features, classes, rows, timed, names }) => {
    const shape = { features, classes, rows: timed };
    const [own, other] = [operationsOf(shape, backends.wasm), operationsOf(shape, backends.native)];
    compiled(own);
    return names.flatMap((name) => {
      const operation = /** @type {keyof typeof own} */ (name);
      console.error(`${operation} ${features} → ${classes}`);
      const call = [operation, features, classes, rows].map(String);
      const [wasm, native] = [countsOf(["wasm", ...call]), countsOf(["native", ...call])];
      const [boundOfWasm, boundOfNative] = [bound(wasm, true), bound(native, false)];
      const times = byTurns(
        { wasm: repeated(own[operation]), native: repeated(other[operation]) },
        MILLISECONDS,
      );
      const perRow = (/** @type {Counts} */ counts) => CLASSES.map((c) => Math.round(counts[c] / rows));
      const cycles = (/** @type {{ cycles: number, by: string }} */ b) =>
        `${Math.round(b.cycles / rows)} ${b.by}`;
      const predicted = (boundOfWasm.cycles / boundOfNative.cycles).toFixed(1);
      return [
        [
          `${operation} ${features} → ${classes.toLocaleString("en")}`,
          "WebAssembly",
          ...perRow(wasm),
          cycles(boundOfWasm),
          predicted,
          median(times.wasm.map((time, i) => time / times.native[i])).toFixed(1),
        ],
        ["", "AVX-512", ...perRow(native), cycles(boundOfNative), "", ""],
      ];
    });
  });
  console.log(
    markdownTable([head, ...lines.map((line) => line.map(String))], {
      align: head.map((_, i) => (i < 2 ? "l" : "r")),
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
