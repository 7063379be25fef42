import { SIDE } from "../data/fashion-mnist.js";
import type { Easel } from "./easel.js";

const STEP = 1;
const FAST = 4;
const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Draws by keyboard: arrows move a cursor, with Shift in large steps; Space or Enter puts the pen down and lifts it. */
export class KeyboardPen {
  readonly #easel: Easel;
  readonly #marker: HTMLElement;
  readonly #say: (text: string) => void;
  #x = SIDE / 2;
  #y = SIDE / 2;
  #down = false;

  /**
   * @param sheet has the focus while its keys draw
   * @param marker is moved over it, to the cursor
   * @param say tells who does not see where the cursor is
   */
  constructor(sheet: HTMLElement, easel: Easel, marker: HTMLElement, say: (text: string) => void) {
    this.#easel = easel;
    this.#marker = marker;
    this.#say = say;
    sheet.tabIndex = 0;
    sheet.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !this.#press(event.key, event.shiftKey)) return;
      event.preventDefault();
    });
    sheet.addEventListener("focus", () => this.#place());
    sheet.addEventListener("blur", () => this.lift());
  }

  lift(): void {
    this.#down = false;
    this.#place();
  }

  /** @returns whether the key means something */
  #press(key: string, shift: boolean): boolean {
    const arrow = ARROWS[key];
    if (arrow !== undefined) {
      this.#go(arrow, shift ? FAST : STEP);
    } else if (key === " " || key === "Enter") {
      this.#down = !this.#down;
      if (this.#down) this.#easel.stroke({ x: this.#x, y: this.#y }, { x: this.#x, y: this.#y });
      this.#say(`${this.#easel.tool} ${this.#down ? "down" : "up"}`);
    } else if (key === "Delete" || key === "Backspace") {
      this.#easel.clear();
      this.#say("cleared");
    } else {
      return false;
    }
    this.#place();
    return true;
  }

  #go([x, y]: readonly [number, number], step: number): void {
    const inside = (value: number): number => Math.min(SIDE, Math.max(0, value));
    const from = { x: this.#x, y: this.#y };
    this.#x = inside(from.x + x * step);
    this.#y = inside(from.y + y * step);
    if (this.#down) this.#easel.stroke(from, { x: this.#x, y: this.#y });
    this.#say(`${this.#x} from the left, ${this.#y} from the top`);
  }

  #place(): void {
    this.#marker.style.left = `${(100 * this.#x) / SIDE}%`;
    this.#marker.style.top = `${(100 * this.#y) / SIDE}%`;
    this.#marker.classList.toggle("down", this.#down);
  }
}
