import { Problem } from "../../problem.js";

/** Energies of trained rows are to be below `inside`, those of other rows above `outside`. */
export interface Margins {
  readonly inside: number;
  readonly outside: number;
}

/** Mean energies of validation rows, and of other rows that may be trained on: what is beyond its own mean is pulled back to it. A text says why they are none. */
export function measuredMargins(inside: ArrayLike<number>, outside: ArrayLike<number>): Margins | string {
  if (inside.length === 0 || outside.length === 0)
    throw new Problem(
      "margins of energy are means over validation rows and over other rows: one of the two has no row",
    );
  const margins = { inside: mean(inside), outside: mean(outside) };
  if (!(margins.inside < margins.outside))
    return `the energies of other rows are ${margins.outside.toFixed(2)} on average, not above the ${margins.inside.toFixed(2)} of validation rows: as margins they would push the wrong way. Give margins with --energy-margins IN,OUT, or train longer first`;
  return margins;
}

/** Squared hinges: mean over trained rows of max(0, E − m_in)², and over the others of max(0, m_out − E)² (Liu et al., 2020). */
export function hinge(
  energies: ArrayLike<number>,
  side: "inside" | "outside",
  margins: Margins,
): { loss: number; gradient: Float64Array } {
  const rows = energies.length;
  const gradient = new Float64Array(rows);
  const sign = side === "inside" ? 1 : -1;
  let loss = 0;
  for (let r = 0; r < rows; r++) {
    const beyond = Math.max(0, sign * (energies[r] - margins[side]));
    loss += beyond ** 2 / rows;
    gradient[r] = (2 * sign * beyond) / rows;
  }
  return { loss, gradient };
}

/** `IN,OUT` as it is given. */
export function parseMargins(option: string): Margins {
  const [inside, outside, ...more] = option
    .split(",")
    .map((text) => (text.trim() === "" ? Number.NaN : Number(text)));
  if (more.length > 0 || !Number.isFinite(inside) || !Number.isFinite(outside) || !(inside < outside))
    throw new Problem(
      `"${option}" are no margins: give two numbers, the first below the second, which energies of trained rows are to be below and of other rows above, as in -12,-5`,
    );
  return { inside, outside };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
