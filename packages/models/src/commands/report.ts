import Table from "cli-table3";
import type { Conversion } from "../convert/convert.js";
import type { LastLayer } from "../last-layer.js";
import { count, microseconds, percent, sizeOf } from "./values.js";

/** What is told of a conversion, as JSON and in tables. */
export type Facts = ReturnType<typeof factsOf>;

export function factsOf({ features, classes, origin }: LastLayer, conversion: Conversion) {
  const { candidates, recommended, original, calibrationRows, minAgreement, warnings, refused } = conversion;
  return {
    file: origin.file,
    features,
    classes,
    calibrationRows,
    minAgreement,
    warnings,
    original,
    candidates: candidates.map((candidate) => ({
      name: candidate.name,
      bytes: candidate.bytes,
      bitsPerWeight: (8 * candidate.bytes) / (features * classes),
      microseconds: candidate.microseconds,
      ...candidate.costs,
      recommended: candidate === recommended,
    })),
    refused,
  };
}

/** Heads of columns, and the cells of each candidate; the recommended one is marked. Times are those of one machine at one moment. */
export function cellsOf({ candidates }: Facts, hasTimes = true): string[][] {
  const isLabelled = candidates.some(({ accuracy }) => accuracy !== null);
  return [
    [
      "head",
      "bytes",
      "bits a weight",
      "top-1",
      "among five",
      ...(isLabelled ? ["accuracy"] : []),
      "KL, nats",
      ...(hasTimes ? ["µs a row"] : []),
    ],
    ...candidates.map((candidate) => [
      candidate.recommended ? `${candidate.name} ←` : candidate.name,
      count(candidate.bytes),
      candidate.bitsPerWeight.toFixed(2),
      percent(candidate.agreement),
      percent(candidate.amongFive),
      ...(isLabelled ? [percent(candidate.accuracy ?? 0)] : []),
      candidate.divergence.toFixed(4),
      ...(hasTimes ? [microseconds(candidate.microseconds)] : []),
    ]),
  ];
}

/** What the command prints. */
export function reportOf(facts: Facts): string {
  const [head, ...rows] = cellsOf(facts);
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: head.map((_, index) => (index === 0 ? "left" : "right")),
  });
  table.push(...rows);
  const warnings = facts.warnings.map((warning) => `Warning: ${warning}.\n`).join("");
  return `${sentenceOf(facts)}\n${warnings}${table}\n${adviceOf(facts)}`;
}

export function sentenceOf(
  { features, classes, original, calibrationRows, candidates }: Facts,
  hasTimes = true,
): string {
  const accuracy = original.accuracy === null ? "" : `, right for ${percent(original.accuracy)}`;
  const time = hasTimes ? `, ${microseconds(original.microseconds)} µs a row in plain JavaScript` : "";
  const rows = candidates[0]?.rows ?? 0;
  return [
    `The original: ${count(features)} features → ${count(classes)} classes, ${sizeOf(original.bytes)}${accuracy}${time}.`,
    `Measured on ${count(rows)} rows held out of ${count(calibrationRows + rows)}.`,
  ].join("\n");
}

function adviceOf({ minAgreement, candidates, refused, original }: Facts): string {
  const lines = refused.map(({ name, reason }) => `${name} cannot be made: ${reason}`);
  const wanted = `${Number((100 * minAgreement).toFixed(4))} %`;
  const recommended = candidates.find((candidate) => candidate.recommended);
  if (recommended === undefined) {
    lines.push(
      `None has the original's best class for ${wanted} of the rows: lower --min-agreement, or --rerank.`,
    );
  } else {
    const part = percent(recommended.bytes / original.bytes);
    lines.push(
      `← ${recommended.name}: the smallest with the original's best class for ${wanted} of the rows, ${part} of the original's bytes.`,
    );
    if (recommended.name === "learned" && candidates.length > 1) {
      lines.push(
        "That is the original as it is: --rerank scores the best classes again, --min-agreement asks for less.",
      );
    }
  }
  return lines.join("\n");
}
