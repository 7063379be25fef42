// How much the resident memory of the process grows at most during one training step with a million classes.
import { readFileSync } from "node:fs";
import { answer } from "../child.js";
import { normal } from "../data.js";
import { needed } from "../needed.js";
import { FixedClassifier } from "../product.js";
import { BATCH, MILLION } from "./shape.js";

const { features, classes } = MILLION;
const head = new FixedClassifier(MILLION);
const x = normal(BATCH * features);
const labels = Int32Array.from({ length: BATCH }, (_, row) => (row * 37_003) % classes);
const out = { features: new Float32Array(x.length), bias: new Float32Array(classes) };
// Written to, so that their memory is resident before.
needed(head.bias, "bias").fill(0.5);
out.bias.fill(0.5);
out.features.fill(0.5);

needed(globalThis.gc, "--expose-gc")();
const before = process.memoryUsage.rss();
const { loss } = head.lossAndGradient(x, labels, { out });
// The highest since the process started, so the growth is this or less.
const bytes = highest() - before;
if (!Number.isFinite(loss)) throw new Error("the loss is not finite");
answer({ bytes });

/** Highest resident memory. On Linux maxRSS would start with that of the process that started this one. */
function highest() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const status = readFileSync("/proc/self/status", "utf8");
  const [, kilobytes] = needed(/VmHWM:\s*(\d+) kB/.exec(status), "VmHWM");
  return Number(kilobytes) * 1024;
}
