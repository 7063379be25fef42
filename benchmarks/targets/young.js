// The first calls of a process, most of which the engine has not compiled yet.
import { fileURLToPath } from "node:url";
import { inOwnProcess } from "../child.js";
import { duration } from "../report.js";
import { median } from "../timing.js";
import { judge } from "./row.js";

/** @import { Settings } from "./index.js" */
/** @import { Row } from "./row.js" */

const CALLS = fileURLToPath(new URL("../young/calls.js", import.meta.url));
const AT_MOST = 1000;

/**
 * @param {Settings} settings
 * @returns {Promise<Row[]>}
 */
export async function youngRows({ quick }) {
  /** @type {{ first: number, young: number, hot: number }[]} */
  const samples = [];
  for (let i = 0; i < (quick ? 5 : 15); i++) samples.push(await inOwnProcess(CALLS));
  /** @param {"first" | "young" | "hot"} which */
  const of = (which) => median(samples.map((sample) => sample[which]));
  const [first, young, hot] = [of("first"), of("young"), of("hot")];
  return [
    {
      what: "head.forward(x, { out }) 2048→1000, 1 row, mean of a process's first 2,000 calls",
      target: "≤ 1.0 µs",
      unit: "ns",
      ...judge(young, { atMost: AT_MOST }),
      measured: `${duration(hot)} when hot; the first call ${duration(first)}`,
    },
  ];
}
