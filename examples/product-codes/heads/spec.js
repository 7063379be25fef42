// Heads by name, as the commands take them.

const KINDS = ["dense", "cosine", "hadamard", "product", "frozen", "blended"];

/**
 * What a head is for some epochs: "dense", "cosine", "product" and "blended" learn one matrix W, which they share; "product" rounds it in
 * every step, "frozen" once, at its start, and "blended" more and more. `width` is that of a product code, otherwise 0.
 * @typedef {{ kind: string, width: number, epochs: number }} Phase
 */

/**
 * Reads "product:8", or phases with the number of their epochs: "cosine@4,frozen:8", whose last one lasts to the end.
 * @param {string} text
 * @returns {Phase[]}
 */
export function readHead(text) {
  return text.split(",").map((part, k, parts) => {
    const [, kind, width, epochs] = /^([a-z]+)(?::(\d+))?(?:@(\d+))?$/.exec(part) ?? [];
    if (!KINDS.includes(kind)) throw new RangeError(`"${part}" is none of ${KINDS.join(", ")}`);
    const isProduct = ["product", "frozen", "blended"].includes(kind);
    if (isProduct !== (width !== undefined)) {
      throw new RangeError(`"${part}": ${isProduct ? `give its width, as in ${kind}:8` : "it has no width"}`);
    }
    const last = k === parts.length - 1;
    if (last === (epochs !== undefined)) {
      throw new RangeError(
        `"${part}": ${last ? "the last phase lasts to the end" : "say for how many epochs, as in cosine@4"}`,
      );
    }
    if (last && kind === "blended") {
      throw new RangeError(
        `"${part}" is on the way to a product code: say for how many epochs, and go on, as in blended:8@4,product:8`,
      );
    }
    if (k > 0 && (kind === "dense" || kind === "hadamard" || parts[k - 1].startsWith("hadamard"))) {
      throw new RangeError(`"${text}": ${part} does not go on from ${parts[k - 1]}`);
    }
    return { kind, width: Number(width ?? 0), epochs: last ? Number.POSITIVE_INFINITY : Number(epochs) };
  });
}
