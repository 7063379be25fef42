import { InferenceError } from "../inference/errors.js";

/** What a body may call itself. The form is what curl says of every body; the protocol's own documentation sends requests so. */
const TYPES = new Set(["application/json", "application/octet-stream", "application/x-www-form-urlencoded"]);

/** A client that does not say what it sends, as Triton's, is taken at its bytes. */
export function checkContentType(header: string | undefined): void {
  if (header === undefined || TYPES.has(header)) return;
  const type = header.split(";", 1)[0].trim().toLowerCase();
  if (type === "" || TYPES.has(type)) return;
  throw new InferenceError(
    "unsupported-media-type",
    `the content type "${type}" is neither application/json nor application/octet-stream`,
  );
}

/** Inference-Header-Content-Length: where the JSON of a body ends and bytes begin; undefined where all of it is JSON. */
export function jsonLengthOf(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (typeof header === "string" && /^[0-9]{1,15}$/.test(header)) return Number(header);
  throw new InferenceError(
    "invalid",
    `Inference-Header-Content-Length is "${header}"; it must be a number of bytes`,
  );
}
