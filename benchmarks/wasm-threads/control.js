// The words by which a thread calls another one: the number of calls that were made, and that are done; which call is next; whether the
// other thread sleeps between calls instead of looking at them all the time; whether it has started.
export const MADE = 0;
export const DONE = 1;
export const NEXT = 2;
export const SLEEPS = 3;
export const STARTED = 4;

export const newControl = () => new Int32Array(new SharedArrayBuffer(64));

/**
 * @param {Int32Array} control
 * @param {number} which
 */
export function call(control, which) {
  Atomics.store(control, NEXT, which);
  Atomics.add(control, MADE, 1);
  Atomics.notify(control, MADE);
}

/**
 * Waits as the main thread of a page has to, which may not sleep.
 * @param {Int32Array} control
 */
export function untilDone(control) {
  while (Atomics.load(control, DONE) !== Atomics.load(control, MADE));
}
