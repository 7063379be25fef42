// `npm run fuzz`, or `npm run fuzz 500000`: as many changed ONNX models as the suite has in its test, and more.
import { spawnSync } from "node:child_process";

const runs = process.argv[2] ?? "100000";
if (!/^[1-9]\d*$/.test(runs)) {
  console.error(`error: "${runs}" is no number of mutations`);
  process.exit(1);
}
const { status } = spawnSync("npx", ["vitest", "run", "test/onnx/fuzz.test.ts"], {
  env: { ...process.env, FUZZ_RUNS: runs },
  stdio: "inherit",
});
process.exitCode = status ?? 1;
