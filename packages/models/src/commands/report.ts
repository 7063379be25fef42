import Table from "cli-table3";
import type { Candidate, Conversion } from "../convert/convert.js";
import type { LastLayer } from "../last-layer.js";
import { count, microseconds, percent, sizeOf } from "./values.js";

/** What is told of a conversion, without its heads. */
export function factsOf({ features, classes, origin }: LastLayer, conversion: Conversion) {
  const { candidates, recommended, original, calibrationRows, minAgreement, refused } = conversion;
  return {
    file: origin.file,
    features,
    classes,
    calibrationRows,
    minAgreement,
    original,
    candidates: candidates.map((candidate) => ({
      name: candidate.name,
      bytes: candidate.bytes,
      bitsPerWeight: bitsOf(candidate, features, classes),
      microseconds: candidate.microseconds,
      ...candidate.costs,
      recommended: candidate === recommended,
    })),
    refused,
  };
}

export const bitsOf = ({ bytes }: Candidate, features: number, classes: number): number =>
  (8 * bytes) / (features * classes);

export function columnsOf({ candidates }: Conversion): { head: string[]; isRight: boolean[] } {
  const { accuracy } = candidates[0].costs;
  const head = [
    "head",
    "bytes",
    "bits a weight",
    "top-1",
    "among five",
    ...(accuracy === null ? [] : ["accuracy"]),
    "KL, nats",
    "µs a row",
  ];
  return { head, isRight: head.map((_, index) => index > 0) };
}

/** The cells of each candidate; the recommended one is marked. */
export function rowsOf(
  { features, classes }: LastLayer,
  { candidates, recommended }: Conversion,
): string[][] {
  return candidates.map((candidate) => {
    const { costs, name, bytes } = candidate;
    return [
      candidate === recommended ? `${name} ←` : name,
      count(bytes),
      bitsOf(candidate, features, classes).toFixed(2),
      percent(costs.agreement),
      percent(costs.amongFive),
      ...(costs.accuracy === null ? [] : [percent(costs.accuracy)]),
      costs.divergence.toFixed(4),
      microseconds(candidate.microseconds),
    ];
  });
}

/** What the command prints. */
export function reportOf(layer: LastLayer, conversion: Conversion): string {
  const { head, isRight } = columnsOf(conversion);
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: isRight.map((right) => (right ? "right" : "left")),
  });
  table.push(...rowsOf(layer, conversion));
  return `${sentenceOf(layer, conversion)}\n${table}\n${adviceOf(conversion)}`;
}

export function sentenceOf({ features, classes }: LastLayer, conversion: Conversion): string {
  const { original, calibrationRows, candidates } = conversion;
  const accuracy = original.accuracy === null ? "" : `, right for ${percent(original.accuracy)}`;
  return [
    `The original: ${count(features)} features → ${count(classes)} classes, ${sizeOf(original.bytes)}${accuracy}, ${microseconds(original.microseconds)} µs a row in plain JavaScript.`,
    `Measured on ${count(candidates[0].costs.rows)} rows held out of ${count(calibrationRows + candidates[0].costs.rows)}.`,
  ].join("\n");
}

function adviceOf({ recommended, minAgreement, candidates, refused, original }: Conversion): string {
  const lines = refused.map(({ name, reason }) => `${name} cannot be made: ${reason}`);
  const wanted = `${Number((100 * minAgreement).toFixed(4))} %`;
  if (recommended === null)
    lines.push(
      `None has the original's best class for ${wanted} of the rows: lower --min-agreement, or --rerank.`,
    );
  else {
    const part = percent(recommended.bytes / original.bytes);
    lines.push(
      `← ${recommended.name}: the smallest with the original's best class for ${wanted} of the rows, ${part} of the original's bytes.`,
    );
    if (recommended.name === "learned" && candidates.length > 1)
      lines.push(
        "That is the original as it is: --rerank scores the best classes again, --min-agreement asks for less.",
      );
  }
  return lines.join("\n");
}
