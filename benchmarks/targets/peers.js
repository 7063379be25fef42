// The rows about other libraries, one thread each.
import { needed } from "../needed.js";
import { BOUND, OWN } from "../peers/own.js";
import { comparePeers } from "../peers/start.js";
import { duration } from "../report.js";
import { judge } from "./row.js";

/** @import { CodeOptions } from "../product.js" */
/** @import { Compared } from "../peers/measure.js" */
/** @import { Settings } from "./index.js" */
/** @import { Row } from "./row.js" */

const SHAPE = { features: 2048, classes: 1000 };
const MANY = { features: 512, classes: 100_000 };
/** @type {CodeOptions} */
const PRODUCT = { name: "product", width: 8 };

/**
 * A process for each shape: what one leaves behind in memory does not slow down the next.
 * @param {Settings} settings
 */
export async function measurePeers({ milliseconds }) {
  const settings = { threads: 1, milliseconds: 20 * milliseconds };
  return [
    ...(await comparePeers({ ...settings, shapes: [{ ...SHAPE, batches: [1, 64], training: [64] }] })),
    ...(await comparePeers({
      ...settings,
      shapes: [{ ...MANY, batches: [1, 64] }],
      only: [OWN, "onnxruntime-node"],
    })),
    ...(await comparePeers({
      ...settings,
      shapes: [
        { ...MANY, code: PRODUCT, batches: [1, 64] },
        { ...SHAPE, code: PRODUCT, batches: [1] },
      ],
      only: [OWN, "onnxruntime-node"],
    })),
  ];
}

/**
 * @param {Compared[]} results
 * @returns {Row[]}
 */
export function peerRows(results) {
  /** @type {(operation: string, shape: typeof SHAPE & { code?: CodeOptions }, rows: number, peer: string, atLeast: number, ours?: string) => Row} */
  const row = (operation, { features, classes, code }, rows, peer, atLeast, ours = OWN) => {
    /** @param {string} name */
    const find = (name) =>
      needed(
        results.find(
          (r) =>
            r.operation === operation &&
            r.classes === classes &&
            r.code === code?.name &&
            r.rows === rows &&
            r.peer === name,
        ),
        `${operation} by ${name}`,
      );
    const [own, other] = [find(ours), find(peer)];
    const of = code === undefined ? "" : ` of ${code.name}, width 8,`;
    const shape = `${features}→${classes.toLocaleString("en")}, ${rows} ${rows === 1 ? "row" : "rows"}`;
    return {
      what: `${ours === BOUND ? "bound " : ""}${operation}${of} ${shape}, against ${peer}`,
      target: `≥ ${atLeast}×`,
      unit: "×",
      ...judge(other.nanoseconds / own.nanoseconds, { atLeast }),
      measured: `${duration(own.nanoseconds)} by ${duration(other.nanoseconds)}`,
    };
  };
  return [
    row("forward", SHAPE, 1, "onnxruntime-node", 250, BOUND),
    row("forward", SHAPE, 1, "onnxruntime-node", 250),
    row("forward", SHAPE, 64, "onnxruntime-node", 120),
    row("lossAndGradient", SHAPE, 64, "tfjs-wasm", 1000),
    row("forward", MANY, 1, "onnxruntime-node", 300),
    row("forward", MANY, 64, "onnxruntime-node", 25),
    row("forward", { ...MANY, code: PRODUCT }, 1, "onnxruntime-node", 40),
    row("forward", { ...MANY, code: PRODUCT }, 64, "onnxruntime-node", 7),
    row("forward", { ...SHAPE, code: PRODUCT }, 1, "onnxruntime-node", 12),
  ];
}
