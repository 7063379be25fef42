import { MAX_ROWS } from "../limits.js";
import { Problem } from "../problem.js";
import type { Format } from "./format.js";

/**
 * Whole rows of finite features.
 *
 * @throws Problem that tells the row and the element, both from 0
 */
export function readFeatures(body: Uint8Array<ArrayBuffer>, format: Format, features: number): Float32Array {
  return format === "json" ? fromJson(body, features) : fromFloat32(body, features);
}

/** Float32 in little-endian order, which is that of every machine that Workers run on. */
function fromFloat32(body: Uint8Array<ArrayBuffer>, features: number): Float32Array {
  const rowBytes = 4 * features;
  if (body.length % rowBytes !== 0) {
    const rows = `${features} little-endian float32 (${rowBytes} bytes)`;
    throw new Problem(
      "bad-features",
      `the body has ${body.length} bytes, which are no whole rows of ${rows}`,
    );
  }
  checkRows(body.length / rowBytes);
  const x = new Float32Array(body.buffer);
  const bad = x.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const place = { row: Math.floor(bad / features), element: bad % features };
    throw notFinite(`element ${place.element} of row ${place.row} is ${x[bad]}`, place);
  }
  return x;
}

function fromJson(body: Uint8Array, features: number): Float32Array {
  const given = parse(body);
  if (!isObject(given) || !Array.isArray(given.features)) {
    const form = `{ "features": [${features} numbers] }, or a list of such lists`;
    throw new Problem("bad-features", `the body is no object with features: send ${form}`);
  }
  const other = Object.keys(given).find((key) => key !== "features");
  if (other !== undefined) {
    const remedy = other === "k" ? "k goes into the address: /classify?k=5" : "leave it out";
    throw new Problem("bad-features", `the body has ${quoted(other)} beside features: ${remedy}`);
  }
  const list: unknown[] = given.features;
  const single = list.length > 0 && !list.some(Array.isArray);
  const rows = single ? [list] : list;
  checkRows(rows.length);
  const x = new Float32Array(rows.length * features);
  for (const [row, values] of rows.entries()) {
    const name = single ? "features" : `features[${row}]`;
    if (!Array.isArray(values)) {
      throw new Problem("bad-features", `${name} is ${kindOf(values)}: send a list of ${features} numbers`, {
        place: { row },
      });
    }
    if (values.length !== features) {
      throw new Problem("bad-features", `${name} has ${values.length} numbers: a row has ${features}`, {
        place: { row },
      });
    }
    for (let element = 0; element < features; element++) {
      x[row * features + element] = float32(values[element], () => `${name}[${element}]`, { row, element });
    }
  }
  return x;
}

function float32(value: unknown, name: () => string, place: { row: number; element: number }): number {
  if (typeof value !== "number") {
    const why = value === null ? " (many writers of JSON make null of NaN and infinities)" : "";
    throw new Problem("bad-features", `${name()} is ${kindOf(value)}${why}: send a number`, { place });
  }
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) throw notFinite(`${name()} is beyond the range of float32`, place);
  return rounded;
}

function parse(body: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new Problem("bad-json", "the body is no UTF-8: send JSON in UTF-8");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem("bad-json", `the body is no JSON: ${(error as SyntaxError).message}`);
  }
}

function checkRows(rows: number): void {
  if (rows > MAX_ROWS) {
    throw new Problem(
      "too-many-rows",
      `a request may have ${MAX_ROWS} rows, and this one has ${rows}: send more requests`,
    );
  }
}

const notFinite = (what: string, place: { row: number; element: number }): Problem =>
  new Problem("not-finite", `${what}: features must be finite`, { place });

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): string => {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a value of type ${typeof value}`;
};

/** What the request says, cut short: an answer does not repeat a whole body. */
const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
