// A trained head is one small file, and the same head on every backend: the logits agree in every bit.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { backendNames, createBackend, FixedClassifier, instructionSets } from "fixed-classifier";

/** @import { Backend } from "fixed-classifier" */

/**
 * A backend that was asked for, or why there is none.
 * @typedef {{ label: string, backend: Backend, problem?: undefined }
 *   | { label: string, backend?: undefined, problem: string }} Candidate
 */

/**
 * @param {string} name
 * @param {FixedClassifier} head
 * @param {Float32Array} features
 */
export function proveSameBits(name, head, features) {
  const directory = new URL("../output/", import.meta.url);
  mkdirSync(directory, { recursive: true });
  const file = fileURLToPath(new URL(`fashion-mnist-${name}.safetensors`, directory));
  writeFileSync(file, head.toSafetensors());
  const bytes = readFileSync(file);
  console.log(
    `\nThe trained ${name} head: ${relative("", file)}, ${bytes.length} bytes. Loaded on every backend:`,
  );

  const expected = head.forward(features);
  let different = 0;
  for (const { label, backend, problem } of candidates()) {
    if (backend === undefined) {
      console.log(`  ${label}: skipped, ${problem}`);
      continue;
    }
    const logits = FixedClassifier.fromSafetensors(bytes, { backend }).forward(features);
    const same = Buffer.from(logits.buffer).equals(Buffer.from(expected.buffer));
    if (!same) different++;
    console.log(`  ${label}: ${expected.length} logits, ${same ? "all bits the same" : "NOT the same"}`);
  }
  return different === 0;
}

/**
 * Every instruction set of every backend that this machine runs.
 * @returns {Generator<Candidate>}
 */
function* candidates() {
  for (const name of backendNames) {
    try {
      for (const instructionSet of instructionSets(name)) {
        yield { label: `${name} ${instructionSet}`, backend: createBackend(name, { instructionSet }) };
      }
    } catch (error) {
      yield { label: name, problem: /** @type {Error} */ (error).message };
    }
  }
}
