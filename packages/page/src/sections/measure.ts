import { TimeChart } from "../charts/time-chart.js";
import { CLASS_COUNTS, denseBytes, type Timing } from "../timing/measure.js";
import { inWords } from "../timing/shown.js";
import { element, tableRow, tell } from "../ui/dom.js";
import { bytes, duration, integer } from "../ui/format.js";
import { Client, createWorker, type Timer } from "../worker/client.js";
import type { TimerReply } from "../worker/messages.js";

const MIB = 2 ** 20;

/**
 * The bytes that one dense matrix may take: TensorFlow.js has it three times while it begins. Only some browsers tell of their memory;
 * a finger for a pointer tells of a phone.
 */
function memoryFor(): number {
  const { deviceMemory } = navigator as { deviceMemory?: number };
  if (matchMedia("(pointer: coarse)").matches || (deviceMemory ?? 4) < 4) return 32 * MIB;
  return (deviceMemory ?? 4) < 8 ? 64 * MIB : 256 * MIB;
}

/** The section that measures heads of more and more classes, in a worker of its own. */
export class MeasureSection {
  readonly #start = element("time", HTMLButtonElement);
  readonly #stop = element("time-stop", HTMLButtonElement);
  readonly #progress = element("time-progress", HTMLProgressElement);
  readonly #status = element("time-status", HTMLParagraphElement);
  readonly #error = element("time-error", HTMLParagraphElement);
  readonly #text = element("time-text", HTMLParagraphElement);
  readonly #rows = element("time-rows", HTMLTableSectionElement);
  readonly #details = element("time-details", HTMLDetailsElement);
  readonly #chart = new TimeChart(element("time-plot", HTMLDivElement));
  readonly #timer: Timer = new Client(
    createWorker,
    (reply: TimerReply) => this.#receive(reply),
    (message) => this.#fail(message),
  );
  #timings: Timing[] = [];
  #on = "";

  constructor() {
    this.#start.addEventListener("click", () => this.#measure());
    this.#stop.addEventListener("click", () => this.#end("Stopped."));
  }

  #measure(): void {
    this.#timings = [];
    this.#show();
    tell(this.#error, null);
    this.#progress.removeAttribute("value");
    this.#status.textContent = "Fetching TensorFlow.js for the dense head …";
    this.#running(true);
    this.#timer.send({ type: "measure", memory: memoryFor() });
  }

  #receive(reply: TimerReply): void {
    switch (reply.type) {
      case "runtime":
        this.#on = `Fixed: ${reply.fixed}. Dense: ${reply.dense}.`;
        this.#status.textContent = "Measuring …";
        return;
      case "timing":
        this.#timings.push(reply.timing);
        this.#progress.value = this.#timings.length / CLASS_COUNTS.length;
        this.#show();
        return;
      case "done":
        this.#end(`Measured on this device. ${this.#on}`);
        return;
      case "failed":
        this.#fail(reply.message);
    }
  }

  #fail(message: string): void {
    this.#end("Not measured to the end.");
    tell(this.#error, `The measurement failed: ${message}`);
  }

  /** Ends the worker too, so that its memory is given back. */
  #end(status: string): void {
    this.#timer.end();
    this.#running(false);
    if (!this.#progress.hasAttribute("value")) this.#progress.value = 0;
    this.#status.textContent = status;
  }

  #running(running: boolean): void {
    const focused = document.activeElement;
    this.#start.hidden = running;
    this.#stop.hidden = !running;
    if (focused === this.#start && running) this.#stop.focus();
    if (focused === this.#stop && !running) this.#start.focus();
  }

  #show(): void {
    this.#chart.show(this.#timings);
    this.#details.hidden = this.#timings.length === 0;
    this.#rows.replaceChildren(
      ...this.#timings.map(({ classes, fixed, dense }) =>
        tableRow([
          integer(classes),
          duration(fixed),
          dense === null ? "not tried" : duration(dense),
          bytes(denseBytes(classes)),
        ]),
      ),
    );
    this.#text.textContent = inWords(this.#timings);
  }
}
