/** Data that cannot be had here: its rows are left out, with this message, and the others run. */
export class Unavailable extends Error {
  /** @override */
  name = "Unavailable";
}
