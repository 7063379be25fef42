import { expect, test } from "@jest/globals";
import { fwht } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { integers } from "../support/random.js";

/** The matrix of an ordering, row by row: column j is the transform of a delta at j. */
function matrix(n: number, transform: (x: Int32Array) => Int32Array): number[][] {
  const columns = Array.from({ length: n }, (_, j) => {
    const x = new Int32Array(n);
    x[j] = 1;
    return transform(x);
  });
  return Array.from({ length: n }, (_, i) => columns.map((column) => column[i] as number));
}

const signChanges = (row: number[]): number => row.filter((v, j) => j > 0 && v !== row[j - 1]).length;

/** The Walsh function of Paley: the product of the Rademacher functions r_1, r_2, … of the binary digits of i, lowest first. */
function paley(i: number, n: number): number[] {
  return Array.from({ length: n }, (_, j) => {
    let sign = 1;
    for (let k = 0; 2 ** k < n; k++) {
      const rademacher = Math.floor((j * 2 ** (k + 1)) / n) % 2 === 0 ? 1 : -1;
      if ((i >> k) & 1) sign *= rademacher;
    }
    return sign;
  });
}

onEachBackend((backend) => {
  test.each([1, 2, 4, 8, 64, 256])("sequency: row i changes sign i times, n = %d", (n) => {
    const rows = matrix(n, (x) => fwht(x, { ordering: "sequency", backend }));
    expect(rows.map(signChanges)).toEqual(rows.map((_, i) => i));
  });

  test.each([1, 2, 4, 8, 64, 256])("dyadic: row i is the i-th Walsh function of Paley, n = %d", (n) => {
    const rows = matrix(n, (x) => fwht(x, { ordering: "dyadic", backend }));
    expect(rows).toEqual(rows.map((_, i) => paley(i, n)));
  });

  test("orderings hold for every row of a batch, with a scale, and in a plan", () => {
    const rowLength = 64;
    for (const ordering of ["sequency", "dyadic"] as const) {
      const x = integers(5 * rowLength, 1, 64);
      for (const Type of [Float32Array, Float64Array, Int32Array]) {
        const scale = Type === Int32Array ? "inverse" : 0.5;
        const options = { rowLength, scale, ordering, backend } as const;
        const whole = fwht(new Type(x), options);
        const planned = new Type(x);
        fwht.plan(planned, options)();
        expectSameBits(planned, whole, "plan");
        for (let r = 0; r < 5; r++) {
          const row = new Type(x.subarray(r * rowLength, (r + 1) * rowLength));
          expectSameBits(whole.subarray(r * rowLength, (r + 1) * rowLength), fwht(row, options), `row ${r}`);
        }
      }
    }
  });
});
