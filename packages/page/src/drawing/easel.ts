import { PIXELS, SIDE } from "../data/fashion-mnist.js";

export type Tool = "pen" | "eraser";

const BACKGROUND = "#000";
const INK = "#fff";

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The canvas: strokes of mouse, pen, touch and keyboard on it, in pixels of the images. */
export class Easel {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  /** Pixels of the canvas to one of the image. */
  readonly #zoom: number;
  #from: Place | null = null;
  tool: Tool = "pen";
  /** In pixels of the image. */
  width = 3;

  /** @param onChange is called after every stroke and every part of one */
  constructor(
    canvas: HTMLCanvasElement,
    readonly onChange: () => void,
  ) {
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("this browser cannot draw on a canvas");
    this.#canvas = canvas;
    this.#context = context;
    this.#zoom = canvas.width / SIDE;
    this.#empty();
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel"] as const) {
      canvas.addEventListener(type, () => {
        this.#from = null;
      });
    }
  }

  clear(): void {
    this.#empty();
    this.onChange();
  }

  /** Shows an image, pixels from 0 to 1. */
  show(image: Float32Array): void {
    this.#context.putImageData(greyImage(image, this.#zoom), 0, 0);
    this.onChange();
  }

  /** A stroke between two places, in pixels of the image. */
  stroke(from: Place, to: Place): void {
    const context = this.#context;
    context.strokeStyle = this.tool === "pen" ? INK : BACKGROUND;
    context.lineWidth = this.width * this.#zoom;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(from.x * this.#zoom, from.y * this.#zoom);
    context.lineTo(to.x * this.#zoom, to.y * this.#zoom);
    context.stroke();
    this.onChange();
  }

  /** The drawing in pixels of the image, each the mean of what it covers. */
  read(): Float32Array {
    const { width, height } = this.#canvas;
    const { data } = this.#context.getImageData(0, 0, width, height);
    const image = new Float32Array(PIXELS);
    const share = 1 / (255 * this.#zoom ** 2);
    for (let y = 0; y < height; y++) {
      const row = Math.floor(y / this.#zoom) * SIDE;
      for (let x = 0; x < width; x++) {
        const at = row + Math.floor(x / this.#zoom);
        image[at] = (image[at] as number) + share * (data[4 * (y * width + x)] as number);
      }
    }
    return image;
  }

  #empty(): void {
    this.#context.fillStyle = BACKGROUND;
    this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#from = this.#placeOf(event);
    this.stroke(this.#from, this.#from);
  }

  #move(event: PointerEvent): void {
    if (this.#from === null) return;
    // A fast hand moves on between two frames.
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length > 0 ? all : [event]) {
      const to = this.#placeOf(each);
      this.stroke(this.#from, to);
      this.#from = to;
    }
  }

  #placeOf(event: PointerEvent): Place {
    const box = this.#canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
    };
  }
}

/** Grey pixels for a canvas, each image pixel `zoom` wide. */
export function greyImage(image: Float32Array, zoom = 1): ImageData {
  const side = SIDE * zoom;
  const pixels = new ImageData(side, side);
  for (let at = 0; at < side * side; at++) {
    const x = Math.floor((at % side) / zoom);
    const y = Math.floor(Math.floor(at / side) / zoom);
    const grey = Math.round(255 * (image[y * SIDE + x] as number));
    pixels.data.set([grey, grey, grey, 255], 4 * at);
  }
  return pixels;
}
