// The backend that is chosen by default against all others, for every size.
import { label } from "../backends.js";
import { fwht } from "../product.js";
import { allocated, checkTransform, zeros } from "../rows.js";
import { byTurns, median, ratio, warmUp } from "../timing.js";
import { range, worst } from "./row.js";

/** @import { Backend, TransformArray } from "../product.js" */
/** @import { Settings } from "./index.js" */
/** @import { MissingRow, Row } from "./row.js" */

/** @type {Record<string, (x: TransformArray, backend?: Backend) => () => void>} */
const FORMS = {
  bound: (x, backend) => (backend === undefined ? fwht.plan(x) : fwht.plan(x, { backend })),
  plain(x, backend) {
    if (backend === undefined) return () => fwht(x);
    const options = { backend };
    return () => fwht(x, options);
  },
};

/**
 * For every size and both forms of the call, how much slower the default is than the fastest of all.
 * @param {Backend[]} backends
 * @param {Settings} settings
 */
export function measureChoice(backends, { milliseconds, exponents }) {
  return Object.entries(FORMS).flatMap(([form, bind]) =>
    exponents.map((m) => {
      // One array for all: at 2^17 an array fills the second cache, and where its pages lie makes a fifth of the time.
      const x = allocated("float32", 2 ** m);
      /** @param {Backend} [backend] */
      const prepare = (backend) => {
        const transform = bind(x, backend);
        checkTransform(`${form} call n=${x.length}`, x, transform);
        return transform;
      };
      const contenders = Object.fromEntries(backends.map((backend) => [label(backend), prepare(backend)]));
      const all = Object.entries({ default: prepare(), ...contenders });
      // What is timed is compiled when all have been called, or the first would have the advantage.
      x.fill(0);
      for (const [, transform] of all) warmUp(transform);
      const timed = all.map(([name, transform]) => [name, zeros(x, transform)]);
      const samples = byTurns(Object.fromEntries(timed), milliseconds);
      const slower = Object.keys(contenders).map((name) => ({
        name,
        value: ratio(samples.default, samples[name]),
      }));
      const { name: best, value } = slower.reduce((a, b) => (b.value > a.value ? b : a));
      return { form, m, n: 2 ** m, nanoseconds: median(samples.default), best, value };
    }),
  );
}

/**
 * @param {ReturnType<typeof measureChoice>} choices
 * @returns {(Row | MissingRow)[]}
 */
export function choiceRows(choices) {
  return Object.keys(FORMS).map((form) => {
    const sizes = choices.filter((choice) => choice.form === form);
    const row = worst(sizes, ({ value }) => value, { atMost: 1.05 });
    const title = {
      what: `default backend by the fastest other, ${form} call, ${range(3, 20)}`,
      target: "≤ 1.05 of its time",
    };
    if (row.missing !== undefined) return { ...title, ...row };
    const size = sizes.find(({ value }) => value === row.value);
    return { ...title, ...row, measured: `${row.measured}, ${size?.best}` };
  });
}
