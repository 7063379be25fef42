import { type RequestHead, readRequest } from "./request.js";

/** Clients send the same JSON before other bytes each time. More than so many of them are no such clients. */
const MOST = 256;

/** What is longer is mostly different each time. */
const LONGEST = 512;

/** The JSON of requests that have their tensors behind it, read once: to read it again costs more than the head takes for a row. */
export class HeadCache {
  readonly #heads = new Map<string, RequestHead>();

  read(json: Buffer): RequestHead {
    if (json.length > LONGEST) return readRequest(json);
    const key = json.toString("latin1");
    const known = this.#heads.get(key);
    if (known !== undefined) return known;
    const head = readRequest(json);
    // An id is another for each request, and so are numbers.
    if (head.id === undefined && head.inputs.every(({ tensor }) => tensor === undefined)) {
      if (this.#heads.size === MOST) this.#heads.clear();
      this.#heads.set(key, head);
    }
    return head;
  }
}
