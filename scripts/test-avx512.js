// Builds the kernels for AVX-512 lane by lane, in a copy of the checkout, so that they run where no CPU has it, and compares them with the
// other instruction sets: the programs of test/native, the bits of every backend, random cases, and with arguments Jest.
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyCheckout, runIn } from "./checkout.js";
import { buildHarness, harnessIn, KERNELS } from "./harness.js";
import { fromRoot } from "./paths.js";

const FLAGS = ["-mavx512f", "-mavx512dq", "-mfma"];
const EMULATED = ["-mavx2", "-mfma", "-mf16c", "-Wno-psabi", "-Wno-unused-parameter", "-include"];

if (process.platform !== "linux" || process.arch !== "x64") {
  console.error("test:avx512 needs Linux on x64 and a CPU with AVX2");
  process.exit(1);
}
const copy = fromRoot("build-avx512", "checkout");
copyCheckout(copy);
const packages = join(copy, "node_modules");
if (!existsSync(packages)) symlinkSync(fromRoot("node_modules"), packages);
emulate(join(copy, "native/kernels.gypi"));
console.log("building with AVX-512 emulated …");
// Optimised further, it takes many times as long to compile.
buildHarness({ checkout: copy, targets: ["fixed_classifier", KERNELS], env: { CXXFLAGS: "-O1" } });

const node = (/** @type {string[]} */ ...args) =>
  runIn(copy, process.execPath, args, { FIXED_CLASSIFIER_BACKEND: "native", FIXED_CLASSIFIER_ISA: "avx512" });
const given = process.argv.slice(2);
if (given.length > 0) node("scripts/jest.js", "--testTimeout=120000", ...given);
else {
  runIn(copy, harnessIn(copy, KERNELS), ["--seconds", "60"]);
  runIn(copy, process.execPath, ["scripts/bits.js"]);
  runIn(copy, process.execPath, ["scripts/fuzz.js", "--cases", "20000"]);
}

/** @param {string} file of the kernels' build */
function emulate(file) {
  const header = join(copy, "test/native/avx512/emulated.h");
  const text = readFileSync(file, "utf8");
  const changed = text.replace(flagsOf(FLAGS), flagsOf([...EMULATED, header]));
  if (changed === text) throw new Error(`${file} has no ${flagsOf(FLAGS)}`);
  writeFileSync(file, changed);
}

/** @param {string[]} flags */
function flagsOf(flags) {
  return `"cflags": [${flags.map((flag) => JSON.stringify(flag)).join(", ")}]`;
}
