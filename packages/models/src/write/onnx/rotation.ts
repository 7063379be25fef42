import type { RotationTable } from "fixed-classifier";
import type { GraphBuilder } from "./builder.js";
import { transform } from "./kronecker.js";

/** The rotation of rows × length, round by round (docs/numerics.md of the core has the steps). */
export function rotationNodes(g: GraphBuilder, x: string, table: RotationTable): string {
  const { length, order, rounds } = table;
  let value = x;
  for (let round = 0; round < rounds; round++)
    value = length === order ? wholeRound(g, value, table, round) : halvesRound(g, value, table, round);
  return value;
}

/** Signs, then the transform of the whole row. */
function wholeRound(g: GraphBuilder, x: string, table: RotationTable, round: number): string {
  const { length, order } = table;
  const scale = 1 / Math.sqrt(order);
  return hadamard(
    g,
    scaled(g, x, length, (i) => scale * sign(table, round, 0, i)),
    table,
  );
}

/** The two halves mixed, the transform of the first M elements, then that of the last. */
function halvesRound(g: GraphBuilder, x: string, table: RotationTable, round: number): string {
  const { length: n, order: m } = table;
  const half = Math.floor(n / 2);
  const behind = n - half;
  const [scale, both] = [1 / Math.sqrt(m), 1 / Math.sqrt(2 * m)];
  const a = scaled(g, g.slice(x, 0, half), half, (i) => both * sign(table, round, 0, i));
  const b = scaled(g, g.slice(x, behind, n), half, (i) => both * sign(table, round, 1, i));
  const middle =
    behind === half
      ? []
      : [scaled(g, g.slice(x, half, behind), 1, () => scale * sign(table, round, 0, half))];
  const mixed = g.node("Concat", [g.node("Add", [a, b]), ...middle, g.node("Sub", [a, b])], { axis: 1n });
  const first = hadamard(g, g.slice(mixed, 0, m), table);
  const row = g.node("Concat", [first, g.slice(mixed, m, n)], { axis: 1n });
  const start = n - m;
  // What is in both transforms has the scale of the first only.
  const last = scaled(g, g.slice(row, start, n), m, (i) => {
    return sign(table, round, 2, i) * (start + i < m ? scale : 1);
  });
  return g.node("Concat", [g.slice(row, 0, start), hadamard(g, last, table)], { axis: 1n });
}

/** Every row times `factor`. */
function scaled(g: GraphBuilder, x: string, length: number, factor: (i: number) => number): string {
  const factors = Float32Array.from({ length }, (_, i) => factor(i));
  return g.node("Mul", [x, g.floats("rotation", [length], factors)]);
}

function hadamard(g: GraphBuilder, x: string, { order, factor }: RotationTable): string {
  const whole = { first: 0, columns: order };
  return transform(g, x, { order, factor }, { ...whole, blocks: 1, rows: order, sign: 1 }).value;
}

function sign({ length, order, masks }: RotationTable, round: number, mask: number, i: number): number {
  const words = Math.ceil(order / 32);
  const masksOfRound = length === order ? 1 : 3;
  return (masks[(round * masksOfRound + mask) * words + (i >> 5)] >>> (i & 31)) & 1 ? -1 : 1;
}
