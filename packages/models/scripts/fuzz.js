// `npm run fuzz`, or `npm run fuzz 500000`: changed files of every kind that is read, as in the suite, and more of them. Each kind of test
// (ONNX models, other containers, calibration and heads) tries so many, of which each has 2 seconds of the processor: where HDF5's library goes round in
// circles it is ended in that time.
import { spawnSync } from "node:child_process";

const runs = process.argv[2] ?? process.env.FUZZ_RUNS ?? "100000";
if (!/^[1-9]\d*$/.test(runs)) {
  console.error(`error: "${runs}" is no number of mutations`);
  process.exit(1);
}
// One after the other, so that times are their own.
const { status } = spawnSync("npx", ["vitest", "run", "fuzz.test.ts", "--no-file-parallelism"], {
  env: { ...process.env, FUZZ_RUNS: runs },
  stdio: "inherit",
  shell: process.platform === "win32",
});
process.exitCode = status ?? 1;
