import { Problem } from "../problem.js";

/**
 * The whole body. Its length is checked by what the header says before anything is read, and again while it arrives: a body in
 * chunks has no such header.
 *
 * @throws Problem "body-too-large", or "body-incomplete"
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const announced = Number(request.headers.get("Content-Length") ?? 0);
  if (announced > limit) throw tooLarge(`${announced} bytes`, limit);
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (request.body !== null) {
    const reader = request.body.getReader();
    for (let chunk = await read(reader); chunk !== undefined; chunk = await read(reader)) {
      length += chunk.length;
      if (length > limit) {
        await reader.cancel();
        throw tooLarge("more", limit);
      }
      chunks.push(chunk);
    }
  }
  return joined(chunks, length);
}

/** A sender that goes away is no failure of the server, which would be logged. */
async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return (await reader.read()).value;
  } catch {
    throw new Problem("body-incomplete", "the body did not arrive to its end: send it again");
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

const tooLarge = (given: string, limit: number): Problem =>
  new Problem(
    "body-too-large",
    `a body may have ${limit} bytes, and this one has ${given}: send fewer rows a request`,
  );
