// What was aimed at, beside what came out.
import { meanOf } from "./compare.js";
import { reasonFor } from "./reasons.js";

/** @import { HeadRow, SetResults } from "./compare.js" */

/** `met` is null as long as rows are missing. */
/** @typedef {{ what: string, target: string, found: string, met: boolean | null, reason: string }} Verdict */

const MOST_LOST = 0.5;
const OF_COSINE = 3;
const MOST_PERPLEXITY = 1.05;
const MOST_NLL = 1.05;
const MOST_ECE = 0.5;

/** @param {SetResults[]} all @returns {Verdict[]} */
export function verdicts(all) {
  return all.flatMap((results) =>
    results.set.measure === "perplexity"
      ? ofWords(results)
      : [...ofAccuracy(results), ...ofCalibration(results)],
  );
}

/** @param {SetResults} results @returns {Verdict[]} */
function ofAccuracy({ set, learned, best, rows }) {
  const { name, title } = set.source;
  /** @type {(other: HeadRow | undefined, called: string, least: number, key: string) => Verdict} */
  const against = (other, called, least, key) => {
    const ready = best !== undefined && other !== undefined;
    const found = ready ? meanOf(best.row, "accuracy") - meanOf(other.row, "accuracy") : Number.NaN;
    return verdict({
      what: `${title}: best fixed head − ${called}`,
      target: `≥ ${signed(least)} points`,
      found: ready ? `${signed(found)} (\`${best.head}\`)` : null,
      met: found >= least,
      reason: `${name}/${key}`,
    });
  };
  if (name !== "omniglot") return [against(learned, "learned", -MOST_LOST, "accuracy")];
  const cosine = rows.find(({ head }) => head === "cosine");
  return [
    against(learned, "learned", 0, "accuracy"),
    against(cosine, "learned cosine", -OF_COSINE, "cosine"),
  ];
}

/** @param {SetResults} results @returns {Verdict[]} */
function ofCalibration({ set, learned, best }) {
  const { name, title } = set.source;
  const ready = best !== undefined && learned !== undefined;
  const nll = ready ? meanOf(best.row, "calibratedNll") / meanOf(learned.row, "calibratedNll") : Number.NaN;
  const ece = ready ? meanOf(best.row, "calibratedEce") - meanOf(learned.row, "calibratedEce") : Number.NaN;
  return [
    verdict({
      what: `${title}: NLL after temperature, of the learned head's`,
      target: `≤ ${MOST_NLL.toFixed(2)}`,
      found: ready ? nll.toFixed(3) : null,
      met: nll <= MOST_NLL,
      reason: `${name}/nll`,
    }),
    verdict({
      what: `${title}: ECE after temperature − the learned head's`,
      target: `≤ ${signed(MOST_ECE)} points`,
      found: ready ? signed(ece) : null,
      met: ece <= MOST_ECE,
      reason: `${name}/ece`,
    }),
  ];
}

/** @param {SetResults} results @returns {Verdict[]} */
function ofWords({ set, learned, fixed }) {
  const { name, title } = set.source;
  const products = fixed.filter(({ head }) => head.startsWith("product"));
  const ratio = (/** @type {HeadRow} */ { row }) =>
    learned === undefined ? Number.NaN : meanOf(row, "perplexity") / meanOf(learned.row, "perplexity");
  const [best] = products.toSorted((a, b) => ratio(a) - ratio(b));
  const hadamard = fixed.find(({ head }) => head === "hadamard");
  const ready = best !== undefined && learned !== undefined;
  const aside = hadamard === undefined ? "" : `; \`hadamard\` ${ratio(hadamard).toFixed(3)}`;
  return [
    verdict({
      what: `${title}: perplexity of a product code, of the learned head's`,
      target: `≤ ${MOST_PERPLEXITY.toFixed(2)}`,
      found: ready ? `${ratio(best).toFixed(3)} (\`${best.head}\`)${aside}` : null,
      met: ready && ratio(best) <= MOST_PERPLEXITY,
      reason: `${name}/perplexity`,
    }),
  ];
}

/** @param {{ what: string, target: string, found: string | null, met: boolean, reason: string }} from @returns {Verdict} */
function verdict({ what, target, found, met, reason }) {
  if (found === null) return { what, target, found: "–", met: null, reason: "not run yet" };
  return { what, target, found, met, reason: met ? "" : reasonFor(reason) };
}

/** With a sign that is as wide as a digit. @param {number} value */
export const signed = (value, digits = 2) =>
  `${Number(value.toFixed(digits)) < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
