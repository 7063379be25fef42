import { Problem } from "../problem.js";

/** What a learning rate is multiplied by, from how much of the training is done, 0 to 1. */
export type Schedule = (done: number) => number;

const SCHEDULES: Readonly<Record<string, (argument: number) => Schedule>> = {
  /** Down to 0 by half a cosine (Loshchilov and Hutter, ICLR 2017, without restarts); the argument is the share of a linear start. */
  cosine: (warmUp) => (done) =>
    done < warmUp ? done / warmUp : 0.5 * (1 + Math.cos((Math.PI * (done - warmUp)) / (1 - warmUp))),
  constant: () => () => 1,
  linear: (warmUp) => (done) => (done < warmUp ? done / warmUp : (1 - done) / (1 - warmUp)),
};

export const SCHEDULE_NAMES = Object.keys(SCHEDULES);

/** `cosine`, `linear` or `constant`; `cosine:0.05` starts with a linear rise over a twentieth of the training. */
export function readSchedule(text: string): Schedule {
  const [name = "", argument = "0"] = text.split(":");
  const make = Object.hasOwn(SCHEDULES, name) ? SCHEDULES[name] : undefined;
  const share = Number(argument);
  if (make === undefined || argument.trim() === "" || !(share >= 0 && share < 1)) {
    throw new Problem(
      `"${text}" is no schedule: choose ${SCHEDULE_NAMES.join(", ")}, with a share of warm-up from 0 to below 1 if wanted, as in cosine:0.05`,
    );
  }
  return make(share);
}
