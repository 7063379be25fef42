// The rows about other libraries, one thread each.
import { comparePeers } from "../peers/start.js";
import { duration } from "../report.js";
import { judge } from "./row.js";

const SHAPE = { features: 2048, classes: 1000 };
const NAME = `${SHAPE.features}→${SHAPE.classes}`;

export const measurePeers = ({ milliseconds }) =>
  comparePeers({
    threads: 1,
    shapes: [{ ...SHAPE, batches: [1, 64], training: [64] }],
    milliseconds: 20 * milliseconds,
  });

export function peerRows(results) {
  const row = (operation, rows, peer, atLeast) => {
    const find = (name) =>
      results.find((r) => r.operation === operation && r.rows === rows && r.peer === name);
    const [own, other] = [find("fixed-classifier"), find(peer)];
    return {
      what: `${operation} ${NAME}, ${rows} ${rows === 1 ? "row" : "rows"}, against ${peer}`,
      target: `≥ ${atLeast}×`,
      unit: "×",
      ...judge(other.timesOurs, { atLeast }),
      measured: `${duration(own.nanoseconds)} by ${duration(other.nanoseconds)}`,
    };
  };
  return [
    row("forward", 1, "onnxruntime-node", 250),
    row("forward", 64, "onnxruntime-node", 120),
    row("lossAndGradient", 64, "tfjs-wasm", 1000),
  ];
}
