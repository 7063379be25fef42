import type { TimerReply, TimerRequest, TrainerReply, TrainerRequest } from "./messages.js";

/** A worker that is started by the first request, and again after it was ended. */
export class Client<Request, Reply> {
  readonly #create: () => Worker;
  readonly #onReply: (reply: Reply) => void;
  readonly #onFailure: (message: string) => void;
  #worker: Worker | null = null;

  /** @param onFailure is told when the worker itself does not start, or dies */
  constructor(create: () => Worker, onReply: (reply: Reply) => void, onFailure: (message: string) => void) {
    this.#create = create;
    this.#onReply = onReply;
    this.#onFailure = onFailure;
  }

  send(request: Request): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(request);
  }

  end(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #start(): Worker {
    const worker = this.#create();
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#onReply(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.end();
      // What does not load has no message.
      this.#onFailure(event.message || "the program could not be loaded: is there a connection?");
    };
    return worker;
  }
}

export type Trainer = Client<TrainerRequest, TrainerReply>;
export type Timer = Client<TimerRequest, TimerReply>;

/** The bundler finds a worker by this form alone. */
export const createWorker = (): Worker =>
  new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
