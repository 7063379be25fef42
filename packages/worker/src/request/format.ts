import { Problem } from "../problem.js";

export type Format = "json" | "float32";

const FORMATS: Record<string, Format> = { "application/json": "json", "application/octet-stream": "float32" };
const TYPES = Object.keys(FORMATS).join(", ");

/** @throws Problem for what this server cannot read, with the header that tells what it can */
export function formatOf(headers: Headers): Format {
  const encoding = headers.get("Content-Encoding");
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    throw new Problem("unsupported-encoding", `Content-Encoding is ${encoding}: send the body without one`, {
      headers: { "Accept-Encoding": "identity" },
    });
  }
  const given = headers.get("Content-Type");
  const [type = "", ...parameters] = (given ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  if (format === undefined || !["utf-8", '"utf-8"', undefined].includes(charset)) {
    throw new Problem(
      "unsupported-media-type",
      `Content-Type is ${given ?? "missing"}: send application/json in UTF-8, or application/octet-stream`,
      { headers: { Accept: TYPES } },
    );
  }
  return format;
}
