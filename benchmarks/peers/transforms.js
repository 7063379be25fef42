// Our kernel against transforms of others in shared libraries that were built outside the repository.
import { instructionSets } from "../product.js";
import { duration } from "../report.js";
import { aligned, checkTransform } from "../rows.js";
import { loadNative } from "../setup.js";

/** @import { PrintedTable } from "../report.js" */
/** @import { NativePeer } from "../setup.js" */

const EXPONENTS = Array.from({ length: 17 }, (_, i) => i + 4);
/** Floats of a batch that the first-level cache holds; longer rows are measured by themselves. */
const BATCH = 2 ** 12;

/**
 * `NAME=PATH:SYMBOL:ABI`, as the command line has it.
 * @param {string} text
 * @returns {NativePeer & { name: string }}
 */
export function peerOf(text) {
  const [, name, path, symbol, abi] = /^([^=]+)=(.+):([^:]+):([^:]+)$/.exec(text) ?? [];
  if (name === undefined) throw new Error(`"${text}" is not of the form NAME=PATH:SYMBOL:ABI`);
  return { name, path, symbol, abi };
}

/**
 * @param {(NativePeer & { name: string })[]} peers
 * @param {number} milliseconds
 * @returns {PrintedTable}
 */
export function comparedTransforms(peers, milliseconds) {
  const { addon, reason } = loadNative();
  if (addon === undefined) throw new Error(reason);
  const [best] = instructionSets("native");
  const rows = EXPONENTS.map((m) => {
    const n = 2 ** m;
    const x = /** @type {Float32Array} */ (aligned(addon, "float32", Math.max(n, BATCH)));
    checkTransform(`kernel ${best} n=${n}`, x, () => addon.transform(best, x, n), { rowLength: n });
    const compared = peers.map((peer) => {
      const transform = () => {
        if (!addon.peerTransform(peer, x, n)) throw new Error(`${peer.name} fails for n = ${n}`);
      };
      checkTransform(`${peer.name} n=${n}`, x, transform, { rowLength: n });
      return addon.comparePeer(best, x, n, milliseconds * 1e6, peer);
    });
    const { fraction } = addon.time(best, x, n, milliseconds * 1e6);
    const perRow = (/** @type {number} */ time) => duration((time * n) / x.length);
    return [
      `2^${m}`,
      x.length / n,
      perRow(Math.min(...compared.map(({ ours }) => ours))),
      fraction.toFixed(2),
      ...compared.flatMap(({ peers, ratio }) => [perRow(peers), `${ratio.toFixed(2)}×`]),
    ];
  });
  const numbers = [
    "rows",
    `ours, ${best}`,
    "of the limit",
    ...peers.flatMap(({ name }) => [name, `${name} by ours`]),
  ];
  return { title: "FWHT float32, a row", head: ["n", ...numbers], numbers, rows };
}
