import { CLASS_NAMES, imageAt, type LabelledImages, loadImages } from "../data/fashion-mnist.js";
import { Easel, greyImage, type Tool } from "../drawing/easel.js";
import { KeyboardPen } from "../drawing/keyboard.js";
import { prepare } from "../drawing/prepare.js";
import type { Guess } from "../model/classify.js";
import { element, tell } from "../ui/dom.js";
import { percent } from "../ui/format.js";
import { messageOf, type TrainerReply, type TrainerRequest } from "../worker/messages.js";

/** How long a hand rests before the answer is said aloud, in milliseconds. */
const REST = 600;

/** The section in which a visitor draws, and the trained network answers. */
export class DrawSection {
  readonly #send: (request: TrainerRequest) => void;
  readonly #easel: Easel;
  readonly #pen: KeyboardPen;
  readonly #seen: CanvasRenderingContext2D;
  readonly #fill = element("fill", HTMLInputElement);
  readonly #guesses = element("guesses", HTMLOListElement);
  readonly #answer = element("answer", HTMLParagraphElement);
  readonly #truth = element("truth", HTMLParagraphElement);
  readonly #error = element("draw-error", HTMLParagraphElement);
  #images: Promise<LabelledImages> | null = null;
  /** Whether there is a network to ask. */
  #ready = false;
  /** The number of the question that is open, if one is; and whether the drawing has changed since. */
  #asked: number | null = null;
  #stale = false;
  #questions = 0;
  /** An image of the data set that nobody has drawn on is shown to the network as it is. */
  #untouched = false;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (request: TrainerRequest) => void) {
    this.#send = send;
    const canvas = element("canvas", HTMLCanvasElement);
    const cursor = element("cursor", HTMLParagraphElement);
    this.#seen = element("seen", HTMLCanvasElement).getContext("2d") as CanvasRenderingContext2D;
    this.#easel = new Easel(canvas, () => this.#changed());
    this.#pen = new KeyboardPen(
      element("sheet", HTMLDivElement),
      this.#easel,
      element("marker", HTMLSpanElement),
      (text) => {
        cursor.textContent = text;
      },
    );
    this.#connect();
    this.#changed();
  }

  receive(reply: TrainerReply): void {
    if (reply.type === "ready" || (reply.type === "restored" && reply.file !== null)) {
      this.#ready = true;
      this.#changed(this.#untouched);
    } else if (reply.type === "point" || reply.type === "trained") {
      // The network is another one now.
      if (this.#ready) this.#changed(this.#untouched);
    } else if (reply.type === "classified" && reply.id === this.#asked) {
      this.#asked = null;
      this.#show(reply.guesses);
      if (this.#stale) this.#ask();
    } else if (reply.type === "failed") {
      this.#asked = null;
    }
  }

  #connect(): void {
    for (const input of document.querySelectorAll<HTMLInputElement>("input[name=tool]")) {
      input.addEventListener("change", () => {
        this.#easel.tool = input.value as Tool;
        this.#pen.lift();
      });
    }
    const width = element("width", HTMLInputElement);
    width.addEventListener("input", () => {
      this.#easel.width = width.valueAsNumber;
    });
    this.#fill.addEventListener("change", () => this.#changed(this.#untouched));
    element("clear", HTMLButtonElement).addEventListener("click", () => this.#easel.clear());
    element("example", HTMLButtonElement).addEventListener("click", () => void this.#example());
  }

  async #example(): Promise<void> {
    tell(this.#error, null);
    try {
      this.#images ??= loadImages("test");
      const images = await this.#images;
      const index = Math.floor(Math.random() * images.count);
      this.#easel.show(imageAt(images, index));
      this.#changed(true);
      const name = CLASS_NAMES[images.labels[index] as number];
      tell(this.#truth, `Test image ${index + 1} of ${images.count}; its label is “${name}”.`);
    } catch (error) {
      this.#images = null;
      tell(this.#error, `There is no test image: ${messageOf(error)}`);
    }
  }

  #changed(untouched = false): void {
    if (this.#untouched && !untouched) tell(this.#truth, null);
    this.#untouched = untouched;
    this.#stale = true;
    if (this.#asked === null) this.#ask();
  }

  #ask(): void {
    this.#stale = false;
    const drawing = this.#easel.read();
    const image = prepare(drawing, { fill: this.#fill.checked && !this.#untouched });
    this.#seen.putImageData(greyImage(image), 0, 0);
    if (!this.#ready) return;
    if (!image.some((value) => value > 0)) {
      this.#guesses.replaceChildren();
      this.#say("Draw something, or take a test image.");
      return;
    }
    this.#asked = ++this.#questions;
    this.#send({ type: "classify", id: this.#asked, image });
  }

  #show(guesses: readonly Guess[]): void {
    this.#guesses.replaceChildren(
      ...guesses.map(({ class: label, probability }) => {
        const item = document.createElement("li");
        item.style.setProperty("--share", String(probability));
        const name = document.createElement("span");
        name.textContent = CLASS_NAMES[label] as string;
        const share = document.createElement("span");
        share.textContent = percent(probability);
        item.append(name, " ", share);
        return item;
      }),
    );
    const [best] = guesses;
    if (best !== undefined) {
      this.#say(`Looks like: ${CLASS_NAMES[best.class]}, ${percent(best.probability)}.`);
    }
  }

  /** Says what is answered at once for the eye, and once the hand rests for a screen reader. */
  #say(text: string): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      this.#answer.textContent = text;
    }, REST);
  }
}
