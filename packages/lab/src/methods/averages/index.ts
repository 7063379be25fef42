import { Problem } from "../../problem.js";
import type { Average, Training } from "./average.js";
import { lookahead } from "./lookahead.js";
import { pswa } from "./pswa.js";
import { pswm } from "./pswm.js";
import { pwalks } from "./pwalks.js";
import { swa } from "./swa.js";

export type { Average, Moment, Training } from "./average.js";

interface Setting {
  readonly name: string;
  readonly default: number;
  readonly kind: "count" | "fraction";
}

interface Kind {
  readonly settings: readonly Setting[];
  readonly make: (training: Training, ...settings: number[]) => Average;
}

const SAMPLES: Setting = { name: "samples an epoch", default: 10, kind: "count" };

const KINDS: Readonly<Record<string, Kind>> = {
  pswa: { settings: [SAMPLES], make: pswa },
  pwalks: { settings: [SAMPLES, { name: "samples kept", default: 5, kind: "count" }], make: pwalks },
  pswm: { settings: [SAMPLES, { name: "momentum", default: 0.5, kind: "fraction" }], make: pswm },
  swa: { settings: [{ name: "start", default: 0.75, kind: "fraction" }], make: swa },
  lookahead: {
    settings: [
      { name: "steps", default: 5, kind: "count" },
      { name: "share", default: 0.5, kind: "fraction" },
    ],
    make: lookahead,
  },
};

export const averageNames: readonly string[] = Object.keys(KINDS);

/** `pswa`, `pwalks:10,5`: what makes the average, once its name and settings are seen to be right. */
export function parseAverage(option: string): (training: Training) => Average {
  const [name, list] = option.split(/:(.*)/s);
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) throw new Problem(`"${option}" is no average: choose ${averageNames.join(", ")}`);
  const { settings, make } = kind;
  const given = list === undefined ? [] : list.split(",");
  if (given.length > settings.length)
    throw new Problem(
      `"${option}": ${name} has ${settings.length === 1 ? "one setting" : `${settings.length} settings`}: ${usage(name, settings)}`,
    );
  const values = settings.map((setting, k) => settingOf(option, setting, given[k]));
  return (training) => make(training, ...values);
}

function settingOf(option: string, setting: Setting, text: string | undefined): number {
  if (text === undefined) return setting.default;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const right =
    setting.kind === "count"
      ? Number.isInteger(value) && value >= 1 && value <= 1e6
      : value >= 0 && value < 1;
  if (right) return value;
  const what = setting.kind === "count" ? "a whole number from 1" : "a number from 0 to below 1";
  throw new Problem(`"${option}": ${setting.name} is ${what}, not "${text}"`);
}

const usage = (name: string, settings: readonly Setting[]): string =>
  `${name}:${settings.map((setting) => setting.default).join(",")} (${settings.map((setting) => setting.name).join(", ")})`;
