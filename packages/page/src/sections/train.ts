import { TrainingCharts } from "../charts/training-charts.js";
import { HEAD_NAMES } from "../model/heads.js";
import { element, tableRow, tell } from "../ui/dom.js";
import { accuracyText, bytes, integer, percent, short } from "../ui/format.js";
import { save } from "../ui/save.js";
import type { Point, Result, TrainerReply, TrainerRequest } from "../worker/messages.js";
import { recall, remember } from "./visits.js";

/** The section that trains: its form, curves and result. It sends requests by `send`, and is told of replies by `receive`. */
export class TrainSection {
  readonly #send: (request: TrainerRequest) => void;
  readonly #charts = new TrainingCharts();
  readonly #form = element("train-form", HTMLFormElement);
  readonly #start = element("start", HTMLButtonElement);
  readonly #stop = element("stop", HTMLButtonElement);
  readonly #epochs = element("epochs", HTMLSelectElement);
  readonly #compare = element("compare", HTMLInputElement);
  readonly #progress = element("train-progress", HTMLProgressElement);
  readonly #status = element("train-status", HTMLParagraphElement);
  readonly #error = element("train-error", HTMLParagraphElement);
  readonly #notice = element("storage-notice", HTMLParagraphElement);
  readonly #result = element("result", HTMLDivElement);
  #wanted = 1;
  #kept: Result | null = null;
  #file: Uint8Array = new Uint8Array(0);

  constructor(send: (request: TrainerRequest) => void) {
    this.#send = send;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#train();
    });
    this.#stop.addEventListener("click", () => {
      this.#stop.disabled = true;
      send({ type: "stop" });
    });
    element("save", HTMLButtonElement).addEventListener("click", () => save(this.#file, "head.safetensors"));
    this.#kept = recall();
    if (this.#kept !== null) {
      this.#status.textContent = "Fetching what was trained at your last visit …";
      send({ type: "restore" });
    }
  }

  receive(reply: TrainerReply): void {
    switch (reply.type) {
      case "runtime":
        tell(
          element("train-notice", HTMLParagraphElement),
          reply.trunk === "wasm"
            ? null
            : "This site or browser forbids WebAssembly: training takes about ten times as long.",
        );
        return;
      case "point":
        this.#point(reply.point);
        return;
      case "trained":
        this.#running(false);
        this.#kept = reply.result;
        this.#show(reply.result, reply.file);
        this.#status.textContent = outcome(reply.result);
        return;
      case "kept":
        this.#keep(reply.problem);
        return;
      case "restored":
        this.#restored(reply.problem, reply.file);
        return;
      case "failed":
        this.fail(reply.message);
    }
  }

  fail(message: string): void {
    this.#running(false);
    this.#progress.value = 0;
    this.#status.textContent = "Not trained.";
    tell(this.#error, `Training failed: ${message}`);
  }

  #train(): void {
    this.#wanted = Number(this.#epochs.value);
    this.#charts.clear(this.#wanted);
    this.#result.hidden = true;
    tell(this.#error, null);
    tell(this.#notice, null);
    this.#running(true);
    this.#progress.removeAttribute("value");
    this.#status.textContent = "Fetching images and TensorFlow.js …";
    const heads = HEAD_NAMES.filter((name) => name === "fixed" || this.#compare.checked);
    this.#send({ type: "train", heads, epochs: this.#wanted });
  }

  #running(running: boolean): void {
    // The focus must not fall off a button that goes.
    const focused = document.activeElement;
    this.#start.hidden = running;
    this.#stop.hidden = !running;
    this.#stop.disabled = false;
    if (focused === this.#start && running) this.#stop.focus();
    if (focused === this.#stop && !running) this.#start.focus();
    this.#epochs.disabled = running;
    this.#compare.disabled = running;
  }

  #point(point: Point): void {
    this.#charts.add(point);
    this.#progress.value = point.epoch / this.#wanted;
    const epoch = Math.min(this.#wanted, Math.floor(point.epoch) + 1);
    const text = `Epoch ${epoch} of ${this.#wanted}`;
    // A screen reader reads every change, so the status says no more than the epoch.
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }

  #show({ accuracy, testImages, parameters }: Result, file: Uint8Array): void {
    const rows = HEAD_NAMES.flatMap((head) => {
      const reached = accuracy[head];
      if (reached === undefined) return [];
      return [tableRow([head, accuracyText(reached, testImages), integer(parameters[head] ?? 0)])];
    });
    element("result-rows", HTMLTableSectionElement).replaceChildren(...rows);
    element("result-text", HTMLParagraphElement).textContent =
      `± is the standard error over the ${integer(testImages)} images. ` +
      `The head as a file, scale and bias with all settings: ${bytes(file.length)}.`;
    this.#file = file;
    this.#result.hidden = false;
  }

  #keep(problem: string | null): void {
    const problems = problem ?? (this.#kept === null ? null : remember(this.#kept));
    tell(
      this.#notice,
      problems === null ? null : `The network works, but could not be kept for your next visit: ${problems}.`,
    );
  }

  #restored(problem: string | null, file: Uint8Array | null): void {
    if (this.#kept === null || file === null) {
      this.#status.textContent = "Nothing trained yet.";
      tell(this.#notice, `The network of your last visit could not be read (${problem}). Train again.`);
      return;
    }
    this.#show(this.#kept, file);
    this.#progress.value = 1;
    this.#status.textContent = `Trained at your last visit: ${percent(this.#kept.accuracy.fixed ?? 0)} of the test images right.`;
  }
}

const outcome = ({ accuracy, epochs, seconds, stopped }: Result): string =>
  `${stopped ? "Stopped" : "Done"} after ${short(epochs)} epochs and ${short(seconds)} s: the fixed head names ` +
  `${percent(accuracy.fixed ?? 0)} of the test images right.`;
