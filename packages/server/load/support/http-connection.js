import net from "node:net";

/** What a POST looks like on the wire. */
export function posted(path, body, headers = {}) {
  const lines = Object.entries({ Host: "localhost", ...headers, "Content-Length": body.length });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n`), body]);
}

/**
 * One connection of the least an HTTP client can be, so that what is measured is the server: it sends the same bytes again and again, and
 * every answer must be, behind its headers, the bytes of the first.
 */
export class HttpConnection {
  #port;
  #socket;
  #answer;
  #bodyStart;
  #received = 0;
  #request;
  #done;
  /** Whether it has answered before: a server may close such a connection when nobody uses it, just as a request is on its way. */
  #isUsed = false;

  /** `answer` is what `ask` gave. */
  constructor(port, { bytes, bodyStart }) {
    this.#port = port;
    this.#answer = bytes;
    this.#bodyStart = bodyStart;
    this.#open();
  }

  #open() {
    const socket = net.connect({ port: this.#port, host: "127.0.0.1", noDelay: true });
    socket.on("data", (chunk) => this.#take(chunk));
    socket.on("error", () => {});
    socket.on("close", () => {
      if (socket !== this.#socket) return;
      if (this.#isUsed && this.#done !== undefined && this.#received === 0) {
        this.#open();
        this.#socket.write(this.#request);
      } else this.#end("the server hung up");
    });
    this.#socket = socket;
    this.#isUsed = false;
  }

  close() {
    this.#socket.destroy();
  }

  /** One request at a time; `done` is told what is wrong with the answer, if something is. */
  send(request, done) {
    if (this.#socket.destroyed) this.#open();
    this.#request = request;
    this.#done = done;
    this.#socket.write(request);
  }

  #take(chunk) {
    const start = this.#received;
    const end = start + chunk.length;
    // Only the date differs in the headers.
    const from = Math.max(start, this.#bodyStart);
    const isFirst = start === 0;
    if (
      end > this.#answer.length ||
      (isFirst && chunk.compare(this.#answer, 0, 12, 0, 12) !== 0) ||
      (end > from && chunk.compare(this.#answer, from, end, from - start) !== 0)
    ) {
      this.#end(`another answer: ${chunk.toString("latin1", 0, 300)}`);
      this.#socket.destroy();
      return;
    }
    this.#received = end;
    if (end === this.#answer.length) {
      this.#received = 0;
      this.#isUsed = true;
      this.#end(undefined);
    }
  }

  #end(problem) {
    const done = this.#done;
    this.#done = undefined;
    done?.(problem);
  }
}

/** Sends a request once: all bytes of the answer, and what is in it. */
export function ask(port, request) {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const socket = net.connect(port, "127.0.0.1", () => socket.write(request));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`the server hung up after ${bytes.length} bytes`)));
    socket.on("data", (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      const bodyStart = end + 4;
      const head = bytes.toString("latin1", 0, end);
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1]);
      if (bytes.length < bodyStart + length) return;
      resolve({ bytes, bodyStart, head, status: Number(head.slice(9, 12)), body: bytes.subarray(bodyStart) });
      socket.destroy();
    });
  });
}
