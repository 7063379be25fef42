// What it takes to make a head of a million classes, and what it keeps. Without a bias: that is the user's, 4 bytes a class.
import { answer } from "../child.js";
import { needed } from "../needed.js";
import { FixedClassifier } from "../product.js";
import { MILLION } from "./shape.js";

/** Many, since the operating system hands out pages, and the engine takes some of its own meanwhile. */
const HEADS = 32;

const construct = () => new FixedClassifier({ ...MILLION, bias: false });

// The first of the process, as a program that starts with it waits for it.
const start = performance.now();
construct();
const nanoseconds = (performance.now() - start) * 1e6;

const collectGarbage = needed(globalThis.gc, "--expose-gc");
collectGarbage();
const before = process.memoryUsage.rss();
const heads = Array.from({ length: HEADS }, construct);
collectGarbage();
const bytes = (process.memoryUsage.rss() - before) / heads.length;
// Also keeps the heads until here.
if (heads.some(({ classes }) => classes !== MILLION.classes)) throw new Error("a head has other classes");
answer({ nanoseconds, bytes });
