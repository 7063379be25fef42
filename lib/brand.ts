/**
 * What tells a head in every copy of the package, where `instanceof` knows those of its own only: a process can have the ESM and the CommonJS
 * file, and a bundle with another.
 */
const BRAND = /* @__PURE__ */ Symbol.for("fixed-classifier head");

export function brand(head: object): void {
  Object.defineProperty(head, BRAND, { value: true });
}

export const isBranded = (value: unknown): boolean =>
  typeof value === "object" && value !== null && BRAND in value;
