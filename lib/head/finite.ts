/** Numbers of a head that is kept are finite, but for −Infinity in a bias, which masks a class: it never has a probability. */

/** The parameters of a head, by their names. */
export type ParameterName = "scale" | "bias" | "weights" | "vectors";

/** Calls `refuse` with what is wrong and where, if there is a number that no kept head has. */
export function checkNumbers(
  name: ParameterName,
  values: Float32Array,
  refuse: (problem: string) => never,
): void {
  const masks = name === "bias";
  let at = 0;
  // A loop of its own: a million classes take 30 ms by a callback that is not compiled yet.
  while (at < values.length) {
    const value = values[at] as number;
    if (value - value !== 0 && !(masks && value === -Infinity)) break;
    at++;
  }
  if (at === values.length) return;
  const expected = masks ? "a finite number, or -Infinity to mask a class" : "a finite number";
  refuse(`${name}[${at}] is ${values[at]}, expected ${expected}`);
}
