import { Agent, request } from "undici";
import { binaryRequest } from "./requests.js";

/** Clients that ask one after the other, and compare every answer with what it must be. */
export class Crowd {
  answered = 0;
  lost = 0;
  wrong = 0;
  /** What became of those that were lost, by how many. */
  reasons = new Map();
  #isOver = false;
  #loops = [];
  #agent;

  /** `asked()`: the next request, made by `requestOf`; `isRight(rows, logits, sent)`: whether these are their logits, asked for at that time. */
  constructor(port, clients, asked, isRight) {
    this.#agent = new Agent({ connections: clients, keepAliveTimeout: 60_000 });
    const url = `http://127.0.0.1:${port}/v2/models/head/infer`;
    for (let i = 0; i < clients; i++) this.#loops.push(this.#loop(url, asked, isRight));
  }

  /** When all that have asked have their answer. */
  async end() {
    this.#isOver = true;
    await Promise.all(this.#loops);
    await this.#agent.destroy();
  }

  async #loop(url, asked, isRight) {
    while (!this.#isOver) {
      const { rows, headers: sentHeaders, body: sentBody } = asked();
      const sent = performance.now();
      try {
        const options = { method: "POST", headers: sentHeaders, body: sentBody, dispatcher: this.#agent };
        const answer = await request(url, options);
        const bytes = Buffer.from(await answer.body.arrayBuffer());
        if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${bytes}`);
        const logits = bytes.subarray(Number(answer.headers["inference-header-content-length"]));
        if (isRight(rows, logits, sent)) this.answered++;
        else this.wrong++;
      } catch (error) {
        this.lost++;
        this.reasons.set(error.message, (this.reasons.get(error.message) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }
}

/** Rows, and the headers and the body of a request for their logits. */
export function requestOf(rows) {
  const wire = binaryRequest(rows);
  const end = wire.indexOf("\r\n\r\n");
  const lines = wire.toString("latin1", 0, end).split("\r\n").slice(1);
  const headers = Object.fromEntries(lines.map((line) => line.split(": ")));
  delete headers.Host;
  return { rows, headers, body: wire.subarray(end + 4) };
}
